import type { Host } from '../../core/ports/host.js';
import { unescapeBytes } from './escapes.js';

/** Id, parent's id, device, root within the file system, mount point, options (proc_pid_mountinfo(5)). */
const LINE = /^(\d+) \d+ (\d+:\d+) \S+ (\S+) /;

/** Where the kernel says which mounts this host's commands see, a line each. */
export const MOUNT_INFO = '/proc/self/mountinfo';

/** What the host's kernel says of its mounts; null where it doesn't. */
export function mountInfoOf(host: Host): Promise<string | null> {
  return host.readText(MOUNT_INFO).catch(() => null);
}

/** The mount point that a line of /proc/<pid>/mountinfo tells, without symlinks; null when it tells none. */
export function mountPointIn(line: string): string | null {
  const [, , , point] = LINE.exec(line) ?? [];
  if (point === undefined) return null;
  return unescapeBytes(point, /\\[0-7]{3}/g, (escaped) => Number.parseInt(escaped.slice(1), 8)).toString(
    'utf8',
  );
}

/** What tells a mount from another one at the same place, as long as this kernel runs; empty for another line. */
export function mountIdIn(line: string): string {
  const [, id, device] = LINE.exec(line) ?? [];
  return id === undefined ? '' : `${id}/${device}`;
}

/** The type of the file system, such as `ext4`; empty for another line. */
export function mountTypeIn(line: string): string {
  const [, rest = ''] = line.split(' - ');
  return rest.split(' ')[0] ?? '';
}
