import { posix } from 'node:path';
import { isWithin } from '../executors/shared/paths.js';

/** One line of /proc/self/mounts or /etc/fstab (fstab(5)). */
export interface Mount {
  readonly point: string;
  /** Such as `ext4`, `nfs4`, `cifs`. */
  readonly type: string;
  readonly options: readonly string[];
}

/** Reads mounts or fstab; comments, swap and what is not mounted at a path are left out. */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [source = '#', point = '', type = '', options = ''] = line.trim().split(/[ \t]+/);
    if (source.startsWith('#') || !point.startsWith('/')) return [];
    return [
      { point: posix.normalize(unescaped(point)).replace(/(.)\/$/, '$1'), type, options: options.split(',') },
    ];
  });
}

/** Blanks and the like are written as octal numbers: `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** The mount that a path lies on: the longest one, of equal ones the last, which hides the others. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  return mounts
    .filter(({ point }) => isWithin(path, point))
    .reduce<Mount | null>(
      (best, mount) => (mount.point.length >= (best?.point.length ?? 0) ? mount : best),
      null,
    );
}

/** The mount point that fstab has for this path, below `/`, and where nothing is mounted now. */
export function unmountedAt(mounts: readonly Mount[], fstab: readonly Mount[], path: string): string | null {
  const planned = mountOf(fstab, path);
  if (planned === null || planned.point === '/') return null;
  return mounts.some(({ point }) => point === planned.point) ? null : planned.point;
}

const NETWORK =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|9p|ceph|glusterfs|fuse\.(sshfs|rclone|glusterfs|s3fs|davfs.*))$/;

/** Do its files lie on another machine? */
export function isNetwork({ type }: Mount): boolean {
  return NETWORK.test(type);
}
