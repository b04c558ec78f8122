import { posix } from 'node:path';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { excludedTest, findCommand } from '../shared/excludes.js';
import { unreadable, unreadableBelow } from '../shared/source.js';
import { toolMissing } from '../shared/tools.js';
import { lastLine } from '../shared/wording.js';

/** How many files there are, and how large. */
export interface Count {
  /** Everything but folders and sockets. */
  readonly files: number;
  /** Of the regular files' contents, holes included. */
  readonly bytes: number;
}

/** What would be packed. */
export interface Measured extends Count {
  /** Regular files among them. */
  readonly regular: number;
  /** What of the contents is on the disk. */
  readonly storedBytes: number;
  /** Of the whole tar stream, about. */
  readonly streamBytes: number;
  readonly excluded: Count;
  /** Patterns that leave nothing out. */
  readonly withoutEffect: readonly string[];
}

type Outcome = ({ readonly ok: true } & Measured) | { readonly ok: false; readonly notice: Notice };

/** Files whose blocks say nothing about holes, because what is in them is compressed. */
const COMPRESSING = new Set([
  'btrfs',
  'zfs',
  'squashfs',
  'erofs',
  'f2fs',
  'bcachefs',
  'ntfs',
  'fuseblk',
  'fuse',
]);
/** A member's header, and the one before it with its times. */
const HEADERS = 1536;
/** tar ends with two empty blocks and fills its last record. */
const RECORD = 10_240;

/** Patterns that match, may this user not read it?, type, depth, bytes, blocks, links, identity, file system. */
const LINE = /^((?:\d+ )*)(! )?\| (\S) (\d+) (\d+) (\d+) (\d+) (\S+) (.*)$/;

/**
 * Counts with one walk what would be packed and what is left out; reads no contents.
 * @param real the source with symlinks resolved
 */
export async function measure(
  host: Host,
  source: string,
  real: string,
  exclude: readonly string[],
): Promise<Outcome> {
  const count = counter();
  let closed = false;
  const effective = new Set<number>();
  const result = await host.exec(measureCommand(real, exclude), {
    log: 'none',
    keep: 64 * 1024,
    onStdout: (line) => {
      const [, labels = '', mark, type, depth, size, blocks, links, id = '', system = ''] =
        LINE.exec(line) ?? [];
      if (type === undefined) return;
      const patterns = labels.split(' ').filter((label) => label !== '');
      for (const pattern of patterns) effective.add(Number(pattern));
      const stored = COMPRESSING.has(system) ? Number(size) : Math.min(Number(size), Number(blocks) * 512);
      const entry = { type, depth: Number(depth), size: Number(size), stored };
      const isPacked = count.add(entry, Number(links) > 1 ? id : null, patterns.length > 0);
      if (isPacked && mark !== undefined) closed = true;
    },
  });
  if (result.notFound || result.exitCode === 127) return { ok: false, notice: toolMissing('find') };
  if (closed) return { ok: false, notice: unreadable(source, await closedPaths(host, real, exclude)) };
  const said = complaint(result.stderr);
  if (said !== null || (!result.ok && result.exitCode !== 1)) {
    return { ok: false, notice: notReadAsAWhole(source, said ?? lastLine(result.stderr)) };
  }
  return {
    ok: true,
    ...count.counted(),
    withoutEffect: exclude.filter((_, index) => !effective.has(index)),
  };
}

function notReadAsAWhole(source: string, why: string): Notice {
  return notice(
    'source_unreadable',
    phrase`${code(source)} can’t be read as a whole: ${code(why === '' ? 'find failed' : why)}.`,
  );
}

interface Entry {
  readonly type: string;
  readonly depth: number;
  readonly size: number;
  readonly stored: number;
}

/** Adds up what find tells, folders before what is in them. */
function counter() {
  const seen = new Set<string>();
  let skipBelow = Number.POSITIVE_INFINITY;
  let [files, bytes, regular, storedBytes, stream] = [0, 0, 0, 0, 1024];
  const excluded = { files: 0, bytes: 0 };
  return {
    /** False when it is left out. `id` is given where the file has other names. */
    add({ type, depth, size, stored }: Entry, id: string | null, matches: boolean): boolean {
      if (depth <= skipBelow) skipBelow = matches ? depth : Number.POSITIVE_INFINITY;
      const isOut = depth >= skipBelow;
      const isOther = type === 'd' || type === 's';
      if (isOut) {
        if (!isOther) excluded.files += 1;
        if (type === 'f') excluded.bytes += size;
        return false;
      }
      if (type !== 's') stream += HEADERS;
      if (isOther) return true;
      files += 1;
      if (type !== 'f') return true;
      regular += 1;
      if (id !== null && seen.has(id)) return true;
      if (id !== null) seen.add(id);
      bytes += size;
      storedBytes += stored;
      stream += Math.ceil(stored / 512) * 512;
      return true;
    },
    counted: () => ({
      ...{ files, bytes, regular, storedBytes, excluded },
      streamBytes: Math.ceil(stream / RECORD) * RECORD,
    }),
  };
}

const CLOSED = [
  ...['(', '-type', 'd', '(', '!', '-readable', '-o', '!', '-executable', ')'],
  ...['-o', '-type', 'f', '!', '-readable', ')'],
];

/** One line for each file; none of them holds a name, which could hold anything. */
function measureCommand(real: string, exclude: readonly string[]): string[] {
  const labels = exclude.flatMap((pattern, index) => [
    ...excludedTest(real, pattern),
    '-printf',
    `${index} `,
    ',',
  ]);
  const line = ['-printf', '| %y %d %s %b %n %D:%i %F\\n'];
  return findCommand(
    real,
    '-ignore_readdir_race',
    '(',
    ...labels,
    ...CLOSED,
    '-printf',
    '! ',
    ',',
    ...line,
    ')',
  );
}

/** Those that would be packed. Some thousands at most. */
async function closedPaths(host: Host, real: string, exclude: readonly string[]): Promise<readonly string[]> {
  const below = await unreadableBelow(host, real, exclude);
  const paths = [...(below ?? [])];
  return paths.length > 0 ? paths : [posix.basename(real)];
}

/** What find said that a folder without rights, or one that is gone, doesn't explain. */
function complaint(stderr: string): string | null {
  const known = /: (?:Permission denied|No such file or directory)$/;
  return stderr.split('\n').find((line) => line.trim() !== '' && !known.test(line)) ?? null;
}
