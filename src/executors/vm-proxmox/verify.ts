import type { Level, NewArtifact } from '../../core/model/artifact.js';
import type { Backup } from './calls.js';

/**
 * The backup as the catalogue keeps it.
 * @param began when it was asked for, by this machine's clock: Proxmox's own time comes from a name in local time
 */
export function artifactOf({ volid, size }: Backup, began: Date, verified: Level): NewArtifact {
  return {
    path: volid,
    kind: 'archive',
    size,
    sha256: null,
    files: 1,
    createdAt: began.toISOString(),
    verified,
  };
}
