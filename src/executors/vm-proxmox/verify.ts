import type { NewArtifact } from '../../core/artifact.js';
import type { Access } from './access.js';
import { type Backup, backups, type Place } from './calls.js';
import type { Before } from './journal.js';

/**
 * The backup that was made since: in the storage now, not there before, not older than its task and not
 * empty. Null when there is none. Times are compared by the node's clock alone.
 * @param since seconds since 1970
 */
export async function findNewBackup(
  access: Access,
  place: Place,
  before: Before,
  since: number,
): Promise<Backup | null> {
  const now = await backups(access, place);
  const fresh = now.filter(
    ({ volid, vmid, size, ctime }) =>
      !before.volids.includes(volid) && (vmid ?? place.vm_id) === place.vm_id && size > 0 && ctime >= since,
  );
  return fresh.sort((a, b) => b.ctime - a.ctime)[0] ?? null;
}

/** The backup as the catalogue keeps it; its time is Proxmox's own. */
export function artifactOf({ volid, size, ctime }: Backup): NewArtifact {
  return {
    path: volid,
    kind: 'archive',
    size,
    sha256: null,
    files: 1,
    createdAt: new Date(ctime * 1000).toISOString(),
    verified: 'listed',
  };
}
