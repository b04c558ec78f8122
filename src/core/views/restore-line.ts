import type { Artifact } from '../model/artifact.js';

/** What restores all that an archive holds, as root; a shell reads it. */
export function restoreLine(archive: string): string {
  return `mkdir restore && tar ${RESTORED.join(' ')} -C restore -f ${quoted(archive)}`;
}

const RESTORED = ['-xp', '--same-owner', '--numeric-owner', '--acls', '--xattrs', "--xattrs-include='*'"];

/** What restores a snapshot, as root; a shell reads it. */
export function snapshotRestoreLine(snapshot: string): string {
  return `rsync -aHAXS --numeric-ids -- ${quoted(`${snapshot}/`)} restore/`;
}

/**
 * What restores an artifact from any folder, as root. Null for what is gone, for a mirror, which is a folder like its source,
 * and for a backup in Proxmox, whose path is none of this host.
 */
export function restoreLineOf({ kind, path, deletedAt }: Artifact): string | null {
  if (deletedAt !== null || kind === 'mirror' || !path.startsWith('/')) return null;
  return kind === 'snapshot' ? snapshotRestoreLine(path) : restoreLine(path);
}

function quoted(path: string): string {
  return /^[\w./+:@%-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
