import { posix } from 'node:path';
import type { CompressionFields } from '../../core/model/fields.js';
import { findCommand, prunedFirst } from '../shared/excludes.js';

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
  /** With symlinks resolved, as everything here. */
  readonly real: string;
  readonly isFolder: boolean;
}

/** One progress line every 1000 records of 10 KiB. */
const CHECKPOINTS = ['--checkpoint=1000', '--checkpoint-action=echo=%{read,wrote}T'];
/** Everything that a file has. Holes stay holes. */
const KEPT = ['--format=posix', '--sparse', '--acls', '--xattrs', '--numeric-owner'];

/**
 * Commands that write the archive to stdout, and tar's progress to stderr. Where something is left out, find names what is
 * packed: tar's own patterns know neither folders nor two stars.
 */
export function packCommands({ real, isFolder }: Packed, exclude: readonly string[]): string[][] {
  const tar = ['tar', '--create', '--file=-', ...CHECKPOINTS, ...KEPT];
  if (!isFolder) {
    return [[...tar, `--directory=${posix.dirname(real)}`, '--', `./${posix.basename(real)}`]];
  }
  if (exclude.length === 0) return [[...tar, `--directory=${real}`, '--', '.']];
  const words = [
    '-ignore_readdir_race',
    '-mindepth',
    '1',
    ...prunedFirst(real, exclude),
    '-printf',
    './%P\\0',
  ];
  const listed = ['--null', '--no-recursion', '--files-from=-'];
  return [findCommand(real, ...words), [...tar, `--directory=${real}`, ...listed]];
}

/** Reads an archive from the disk, unpacks it where it is packed, and lists what comes out; one program each. */
export function readCommands(archive: string, compressor: Compressor | null): string[][] {
  const unpack = compressor ? [[...compressor.unpack.split(' '), '-c']] : [];
  // Pieces as large as those of plex: tar stops after the piece that the end is in, and must have taken all of the stream.
  return [
    ['cat', '--', archive],
    ...unpack,
    ['tar', '--list', '--blocking-factor=256', ...LINES, '--file=-'],
  ];
}

/** A line for each member, see listing.ts; names so that none can hold a line break. */
const LINES = [
  ...['--verbose', '--verbose', '--numeric-owner', '--full-time', '--utc', '--quoting-style=escape'],
];
