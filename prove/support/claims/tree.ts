import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a daemon without chroot puts in front of a link's target, and takes away when it gives it back. */
const MUNGED = /^\/rsyncd-munged\//;

type EntryType = 'file' | 'folder' | 'link' | 'fifo' | 'socket' | 'device';

/** One thing in a tree, by everything that a backup can lose of it. */
export interface Entry {
  readonly type: EntryType;
  readonly size: number;
  /** In ns. */
  readonly mtime: bigint;
  readonly mode: number;
  readonly owner: string;
  /** Device and inode: the same for names of one file. */
  readonly inode: string;
  readonly names: number;
  readonly allocated: number;
  readonly device: string;
  readonly target: string | null;
  /** Of the contents; `unreadable` with the error's code where they can't be read to the end. */
  readonly hash: string | null;
  /** ACLs, extended attributes and capabilities. */
  readonly attributes: string;
}

/** By path below the root, each byte as one character; the root itself is not in it. */
export type Tree = ReadonlyMap<string, Entry>;

/** Walks a folder, with mounts below it, and reads every file. What vanishes meanwhile is left out; no folder: empty. */
export function look(root: string): Tree {
  const tree = new Map<string, Entry>();
  const attributes = attributesBelow(root);
  const walk = (folder: string): void => {
    for (const name of namesIn(bytesOf(root, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const entry = entryAt(bytesOf(root, path), attributes.get(path) ?? '');
      if (entry === null) continue;
      tree.set(path, entry);
      if (entry.type === 'folder') walk(path);
    }
  };
  walk('');
  return tree;
}

/** The path on disk of an entry of a tree. */
export function bytesOf(root: string, path: string): Buffer {
  return path === ''
    ? Buffer.from(root)
    : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
}

function namesIn(folder: Buffer): readonly string[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).map((name) => name.toString('latin1'));
  } catch {
    return [];
  }
}

function entryAt(path: Buffer, attributes: string): Entry | null {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return null;
  const type = typeOf(stat);
  return {
    type,
    size: type === 'folder' ? 0 : Number(stat.size),
    mtime: stat.mtimeNs,
    mode: Number(stat.mode) & 0o7777,
    owner: `${stat.uid}:${stat.gid}`,
    inode: `${stat.dev}:${stat.ino}`,
    names: Number(stat.nlink),
    allocated: Number(stat.blocks) * 512,
    device: type === 'device' ? String(stat.rdev) : '',
    target: type === 'link' ? readlinkSync(path, 'latin1').replace(MUNGED, '') : null,
    hash: type === 'file' ? hashOf(path) : null,
    attributes,
  };
}

function typeOf(stat: BigIntStats): EntryType {
  if (stat.isDirectory()) return 'folder';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isSocket()) return 'socket';
  return stat.isFile() ? 'file' : 'device';
}

function hashOf(path: Buffer): string {
  try {
    return createHash('sha1').update(readFileSync(path)).digest('hex');
  } catch (error) {
    return `unreadable ${(error as NodeJS.ErrnoException).code}`;
  }
}

/** By path, what `getfattr` tells of it. */
function attributesBelow(root: string): ReadonlyMap<string, string> {
  const options = ['-h', '-R', '-P', '-d', '-m', '-', '-e', 'hex', '--absolute-names'];
  const { stdout } = spawnSync('getfattr', [...options, '--', root], {
    encoding: 'latin1',
    maxBuffer: 1 << 26,
  });
  const found = new Map<string, string>();
  for (const block of (stdout ?? '').split('\n\n')) {
    const [head = '', ...lines] = block.split('\n');
    const path = head
      .replace('# file: ', '')
      .replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
    // What a file system makes up itself isn't a file's.
    const kept = lines
      .filter((line) => /^(user|security\.capability|trusted|system\.posix_acl)/.test(line))
      .sort();
    if (path.startsWith(`${root}/`) && kept.length > 0)
      found.set(path.slice(root.length + 1), kept.join('\n'));
  }
  return found;
}
