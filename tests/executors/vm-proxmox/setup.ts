import type { VmProxmoxFields } from '../../../src/core/model/fields.js';
import { createVmProxmox } from '../../../src/executors/vm-proxmox/executor.js';
import type { VmProxmoxSettings } from '../../../src/executors/vm-proxmox/way.js';
import { createHttpClient } from '../../../src/hosts/http.js';
import { type Certificates, makeCertificates } from '../../support/proxmox/certificate.js';
import { type ProxmoxDouble, startProxmox } from '../../support/proxmox/double.js';
import { TOKEN } from '../../support/proxmox/world.js';
import { Lab } from '../support/lab.js';

export const FIELDS: VmProxmoxFields = {
  vm_id: 101,
  storage: 'nas',
  mode: 'snapshot',
  compress: 'zstd',
  notes: null,
  retention_days: null,
  min_keep: 3,
};

export const DAY = 86_400;

/** Made once for each test file. */
let certificates: Certificates | undefined;

/** A double, an executor that speaks with it, and a lab. */
export interface Bench {
  readonly lab: Lab;
  readonly double: ProxmoxDouble;
  readonly executor: ReturnType<typeof createVmProxmox>;
  close(): Promise<void>;
}

export async function bench(
  more: Partial<VmProxmoxSettings> & { token?: string; ca?: string | null } = {},
): Promise<Bench> {
  const { token = TOKEN, ca, ...settings } = more;
  certificates ??= makeCertificates();
  const double = await startProxmox(certificates);
  const http = createHttpClient({
    ca: ca === undefined ? double.certificates.ca : ca,
    resolveSecret: () => token,
  });
  const api = { url: double.url, http, token: { secret: 'PVE_API_TOKEN' } };
  const executor = createVmProxmox({ api, pollMs: 1, patienceMs: 200, stopMs: 200, ...settings });
  const lab = new Lab();
  lab.plannedAt = new Date(double.world.now * 1000);
  const close = async (): Promise<void> => {
    lab.clean();
    await double.close();
  };
  return { lab, double, executor, close };
}

/** Puts backups of VM 101 into the storage, and those into the catalogue; ages in days, oldest first. */
export function oldBackups({ lab, double }: Bench, ages: readonly number[]): string[] {
  return ages.map((age) => {
    const { volid, ctime, size } = double.world.addVolume(101, double.world.now - age * DAY);
    const createdAt = new Date(ctime * 1000).toISOString();
    lab.artifacts.push({
      ...{ runId: 'r-old', intent: lab.intent, path: volid, kind: 'archive', size, sha256: null },
      ...{ files: 1, createdAt, verified: 'listed', deletedAt: null, origin: null },
    });
    return volid;
  });
}
