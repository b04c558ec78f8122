import type { Host } from '../../core/host.js';
import type { DockerVolumesFields } from '../../core/intent/fields.js';
import { rsyncEnvironment } from './commands.js';
import { type Entry, itemIn } from './listing.js';
import { bytesOf } from './names.js';

const END = Buffer.of(0);

/** Names as rsync reads them with --from0. */
export function nameList(names: readonly string[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [bytesOf(name), END]));
}

/** A name without the slash that rsync puts after a folder's. */
export function withoutSlash(name: string): string {
  return name.endsWith('/') ? name.slice(0, -1) : name;
}

/**
 * What is at some paths of the destination, by name without a slash; nothing for those that aren't there. Symlinks are
 * told as such. Null where the other side doesn't say, such as a daemon's module that only takes.
 * @param argv see `lookCommand`
 */
export async function entriesAt(
  names: readonly string[],
  argv: readonly string[],
  target: Pick<DockerVolumesFields, 'destination' | 'password_secret'>,
  host: Host,
): Promise<ReadonlyMap<string, Entry> | null> {
  const entries = new Map<string, Entry>();
  if (names.length === 0) return entries;
  const result = await host.exec(argv, {
    env: rsyncEnvironment(target),
    stdin: nameList(names),
    log: 'none',
    keep: 64 * 1024,
    onStdout: (line) => {
      const item = itemIn(line);
      if (item) entries.set(withoutSlash(item.name), item);
    },
  });
  // 23 and 24: some aren't there.
  return result.ok || result.exitCode === 23 || result.exitCode === 24 ? entries : null;
}
