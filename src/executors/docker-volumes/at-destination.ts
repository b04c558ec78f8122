import { posix } from 'node:path';
import type { DockerVolumesFields } from '../../core/model/fields.js';
import type { ExecOptions, Host } from '../../core/ports/host.js';
import { rsyncEnvironment } from './commands.js';
import { type Entry, itemIn } from './listing.js';
import { bytesOf, readable } from './names.js';
import { placeKind } from './place.js';

const END = Buffer.of(0);

/** Names as rsync reads them with --from0; also then it takes a # or ; at the beginning for a comment. */
export function nameList(names: readonly string[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [bytesOf(/^[#;]/.test(name) ? `./${name}` : name), END]));
}

/** A name without the slash that rsync puts after a folder's. */
export function withoutSlash(name: string): string {
  return name.endsWith('/') ? name.slice(0, -1) : name;
}

/** Up to so many paths of this host are looked at one by one, which is quicker than starting a program. */
const FEW = 500;
const LETTERS = { file: 'f', directory: 'd', symlink: 'L' } as const;

/** The entries of a folder of this host; null where only rsync can tell: many, no UTF-8, or no plain types. */
async function fewEntriesAt(
  names: readonly string[],
  destination: string,
  host: Host,
): Promise<ReadonlyMap<string, Entry> | null> {
  if (placeKind(destination) !== 'local' || names.length > FEW) return null;
  const entries = new Map<string, Entry>();
  for (const name of names) {
    const text = readable(name);
    if (text === name && name.includes('\\#')) return null;
    const stat = await host.stat(posix.join(destination, text));
    if (stat === null) continue;
    if (stat.type === 'other') return null;
    entries.set(name, { name, type: LETTERS[stat.type], time: timeText(stat.mtimeMs) });
  }
  return entries;
}

/** As rsync's `%M` tells it, in UTC. */
function timeText(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000)
    .toISOString()
    .slice(0, 19)
    .replaceAll('-', '/')
    .replace('T', '-');
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
  options: Pick<ExecOptions, 'uninterruptible' | 'timeoutMs'> = {},
): Promise<ReadonlyMap<string, Entry> | null> {
  const few = await fewEntriesAt(names, target.destination, host);
  if (few) return few;
  const entries = new Map<string, Entry>();
  const result = await host.exec(argv, {
    env: rsyncEnvironment(target),
    stdin: nameList(names),
    log: 'none',
    keep: 64 * 1024,
    ...options,
    onStdout: (line) => {
      const item = itemIn(line);
      if (item) entries.set(withoutSlash(item.name), item);
    },
  });
  // 23 and 24: some aren't there.
  return result.ok || result.exitCode === 23 || result.exitCode === 24 ? entries : null;
}
