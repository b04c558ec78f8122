import { posix } from 'node:path';
import type { CompressionFields } from '../../core/intent/fields.js';

/** Which program compresses, and how it is called. */
export interface Compressor {
  readonly name: string;
  readonly pack: readonly string[];
  /** As tar's --use-compress-program. */
  readonly unpack: string;
}

/** One that is at choice, and the level that it works at unless the intent names another. */
interface Choice {
  readonly name: string;
  readonly call: readonly string[];
  readonly level: number;
  readonly unpack: string;
}

/**
 * Level 1 for gzip: 27 to 30 s for 2 GiB against 87 to 91 s at the default level. zstd -3 on all cores: 14
 * to 17 s, and smaller.
 */
const CHOICES: Readonly<Record<CompressionFields['compress'], readonly Choice[]>> = {
  gzip: [
    { name: 'pigz', call: ['pigz'], level: 1, unpack: 'pigz -d' },
    { name: 'gzip', call: ['gzip'], level: 1, unpack: 'gzip -d' },
  ],
  zstd: [{ name: 'zstd', call: ['zstd', '-q', '-T0'], level: 3, unpack: 'zstd -d' }],
  none: [],
};

/** The programs that can do it, the best one first. */
export function compressorsFor({ compress, compress_level }: CompressionFields): readonly Compressor[] {
  return CHOICES[compress].map(({ name, call, level, unpack }) => ({
    name,
    pack: [...call, `-${compress_level ?? level}`],
    unpack,
  }));
}

/** What is packed: a folder's contents, or one file; both with names that begin with `./`. */
export interface Packed {
  readonly folder: string;
  readonly member: string;
}

export function packed(source: string, isFolder: boolean): Packed {
  if (isFolder) return { folder: source, member: '.' };
  return { folder: posix.dirname(source), member: `./${posix.basename(source)}` };
}

function create(file: string, what: Packed, exclude: readonly string[], extra: readonly string[]): string[] {
  // tar never matches a pattern with a slash at its end, which people write for folders.
  const patterns = exclude.map((pattern) => `--exclude=${pattern.replace(/(.)\/+$/, '$1')}`);
  const contents = ['--format=posix', '--acls', '--xattrs', `--directory=${what.folder}`, ...patterns];
  return ['tar', '--create', `--file=${file}`, ...extra, ...contents, '--', what.member];
}

/** One progress line every 1000 records of 10 KiB. */
const CHECKPOINTS = ['--checkpoint=1000', '--checkpoint-action=echo=%{read,wrote}T'];

/** Writes the archive to stdout, progress and the number of bytes to stderr. */
export function packCommand(what: Packed, exclude: readonly string[]): string[] {
  return create('-', what, exclude, ['--totals', ...CHECKPOINTS]);
}

/** A line for each member, see listing.ts; names so that none can hold a line break. */
const LINES = ['--verbose', '--verbose', '--numeric-owner', '--quoting-style=escape'];

/**
 * tar's dry run, with a line for each member. Written to /dev/null, GNU tar opens no file's data (seen with strace).
 */
export function measureCommand(what: Packed, exclude: readonly string[]): string[] {
  return create('/dev/null', what, exclude, [...LINES, '--totals']);
}

/** Reads an archive from the disk, unpacks it where it is packed, and lists what comes out; one program each. */
export function readCommands(archive: string, compressor: Compressor | null): string[][] {
  const unpack = compressor ? [[...compressor.unpack.split(' '), '-c']] : [];
  return [['cat', '--', archive], ...unpack, ['tar', '--list', ...LINES, '--file=-']];
}
