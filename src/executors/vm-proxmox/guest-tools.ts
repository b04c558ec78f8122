import { code, phrase } from '../../core/model/phrase.js';
import { notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { lastLine } from '../shared/wording.js';
import { type GuestConfig, partsOf } from './guest-config.js';
import type { GuestFacts } from './guest-facts.js';

/** What `qm` or `pct` of this host says of a guest, where `pvesh` isn't there. */
export interface ToldByTools {
  /** Null when neither knows the guest. */
  readonly type: 'qemu' | 'lxc' | null;
  readonly about: GuestFacts;
}

/** Asks `qm config`, then `pct config`: one of both knows the number. */
export async function askTools(host: Host, vmId: number): Promise<ToldByTools> {
  let said = '';
  for (const [tool, type] of [
    ['qm', 'qemu'],
    ['pct', 'lxc'],
  ] as const) {
    const result = await host.exec([tool, 'config', String(vmId), '--current', '1'], { log: 'none' });
    if (result.ok) {
      const parts = partsOf(type, readConfig(result.stdout));
      return { type, about: { parts, unread: null, snapshots: type === 'qemu' ? true : null } };
    }
    said = lastLine(result.stderr) || `${tool} config failed`;
  }
  const unread = notice(
    'guest_unread',
    phrase`What the backup of ${code(vmId)} leaves out can’t be told: its configuration could not be read (${code(said)}).`,
    phrase`Look at its disks and mount points in Proxmox.`,
  );
  return { type: null, about: { parts: null, unread, snapshots: null } };
}

/** Lines such as `scsi0: local-lvm:vm-101-disk-0,size=32G`; raw options of containers come as pairs in `lxc`. */
function readConfig(stdout: string): GuestConfig {
  const config: Record<string, unknown> = {};
  const raw: string[][] = [];
  for (const line of stdout.split('\n')) {
    const [, key, value] = /^([\w.]+): ?(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key.startsWith('lxc.')) raw.push([key, value]);
    else config[key] = value;
  }
  return { ...config, lxc: raw };
}
