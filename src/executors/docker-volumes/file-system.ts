import { posix } from 'node:path';
import type { Host } from '../../core/ports/host.js';

/** What a file system can't hold. */
export interface FileSystem {
  /** As people know it: `exFAT`. */
  readonly name: string;
  /** It keeps no owners, modes, ACLs, extended attributes, hard links, symlinks, devices, FIFOs and sockets. */
  readonly isPlain: boolean;
  /** Kinds of entries that it has no place for, by rsync's letters. */
  readonly lacks: readonly string[];
  /** The longest name, in its own units. */
  readonly maxName: number;
  /** It keeps owners and modes only where it was mounted for that. */
  readonly isWithoutOwners: boolean;
  readonly ignoresCase: boolean;
  /** `é` as one character and as two are the same name. */
  readonly normalizes: boolean;
  /** Names are Unicode, so that one which is no UTF-8 can't be kept. */
  readonly isUnicode: boolean;
  /** What a name can't hold; null: anything. */
  readonly forbidden: RegExp | null;
  /** Bytes of the largest file; null: no limit that matters. */
  readonly maxBytes: number | null;
  /** Times are kept to so many seconds. */
  readonly window: number;
}

/** One that holds everything. */
export const FULL = {
  ...{
    lacks: [],
    maxName: 255,
    isPlain: false,
    isWithoutOwners: false,
    ignoresCase: false,
    normalizes: false,
    isUnicode: false,
  },
  ...{ forbidden: null, maxBytes: null, window: 0 },
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what FAT refuses
export const WINDOWS = /[\u0000-\u001f"*:<>?|\\]|[. ]$/;

const FAT: FileSystem = {
  ...{
    ...FULL,
    name: 'FAT',
    isPlain: true,
    lacks: ['L', 'D', 'S'],
    ignoresCase: true,
    isUnicode: true,
    forbidden: WINDOWS,
  },
  ...{ maxBytes: 4 * 1024 ** 3 - 1, window: 2 },
};

const KNOWN: Readonly<Record<string, FileSystem>> = {
  vfat: FAT,
  msdos: FAT,
  exfat: { ...FAT, name: 'exFAT', maxBytes: null, window: 1 },
  ntfs: { ...FULL, name: 'NTFS', isWithoutOwners: true, isUnicode: true },
  hfsplus: { ...FULL, name: 'HFS+', ignoresCase: true, isUnicode: true, normalizes: true },
};

/** Types that don't say what is on the disk. */
const HIDING = ['fuseblk', 'fuse'];

/** Types of which it is known that they hold everything, by mount(8) or by stat(1). */
const NATIVE =
  /^(ext[234]|ext2\/ext3|xfs|btrfs|zfs|tmpfs|ramfs|overlay|overlayfs|f2fs|jfs|reiserfs|nilfs2?|bcachefs|ubifs)$/;

/** Does a file system's type tell that it holds everything? */
export function isNative(type: string): boolean {
  return NATIVE.test(type);
}

/** What reading can tell of a file system. */
interface ToldSystem {
  /** Null where there are no limits, or where they can't be read. */
  readonly system: FileSystem | null;
  /** Its type says what it holds. */
  readonly isTold: boolean;
}

/** The file system of an existing folder of this host. */
export async function fileSystemOf(host: Host, folder: string): Promise<ToldSystem> {
  const argv = ['findmnt', '--noheadings', '--raw', '--output', 'FSTYPE,SOURCE,OPTIONS', '--target', folder];
  const found = await host.exec(argv, { log: 'none' });
  const [type = '', source = '', options = ''] = found.ok ? found.stdout.trim().split(' ') : [];
  const shown = HIDING.includes(type) ? await onDevice(host, source) : type.replace(/^fuse\./, '');
  const known = KNOWN[shown] ?? null;
  // What is mounted by FUSE is only as good as the program that does it.
  const isTold = known !== null || isNative(type);
  const words = options.split(',');
  const limits =
    known?.isWithoutOwners && words.includes('default_permissions')
      ? { ...known, isWithoutOwners: false }
      : known;
  if (limits?.ignoresCase || !(words.includes('nocase') || (await answersToOtherCase(host, folder))))
    return { system: limits, isTold };
  return { system: { ...(limits ?? { ...FULL, name: type }), ignoresCase: true }, isTold };
}

/** Is something there also found by its name in the other case? Shares and mount options can make any type do that. */
async function answersToOtherCase(host: Host, folder: string): Promise<boolean> {
  if (!(await host.access(folder, 'read'))) return false;
  const names = await host.list(folder);
  const tried = names.find((name) => /[a-z]/i.test(name) && !names.includes(otherCase(name)));
  if (tried !== undefined) return (await host.stat(posix.join(folder, otherCase(tried)))) !== null;
  // An empty folder: its own name tells, unless that is on another file system.
  const [above, own] = [posix.dirname(folder), otherCase(posix.basename(folder))];
  const isOfSame = (await host.stat(above))?.device === (await host.stat(folder))?.device;
  if (!isOfSame || (await host.stat(posix.join(above, own))) === null) return false;
  return (await host.access(above, 'read')) && !(await host.list(above)).includes(own);
}

function otherCase(name: string): string {
  const lower = name.toLowerCase();
  return lower === name ? name.toUpperCase() : lower;
}

/** FUSE hides what is on a disk, or in an image of one: its first blocks tell. */
async function onDevice(host: Host, device: string): Promise<string> {
  if (!device.startsWith('/')) return '';
  const probed = await host.exec(['blkid', '-p', '-o', 'value', '-s', 'TYPE', device], { log: 'none' });
  return probed.ok ? probed.stdout.trim() : '';
}
