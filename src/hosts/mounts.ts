import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { posix } from 'node:path';

/** One mount of this process, from /proc/self/mountinfo. */
export interface Mount {
  /** Another one for each mount, also at the same point. */
  readonly id: string;
  readonly point: string;
  /** Such as `ext4`, `nfs4`, `fuse.sshfs`. */
  readonly type: string;
}

/** File systems that answer for as long as this machine works. Everything else may wait for somebody else. */
const CERTAIN = new Set(
  (
    'ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs nilfs2 erofs squashfs iso9660 udf vfat exfat ntfs3 msdos ' +
    'tmpfs ramfs rootfs overlay aufs devtmpfs devpts proc sysfs cgroup cgroup2 securityfs debugfs tracefs configfs ' +
    'mqueue hugetlbfs pstore bpf efivarfs fusectl binfmt_misc nsfs selinuxfs'
  ).split(' '),
);
/** Symlinks on one way, as the kernel counts them. */
const MOST_LINKS = 40;
/** A table is used for so long, in ms: a plan looks at dozens of paths. */
const FRESH_MS = 200;

/** Id, parent's id, device, root, mount point, options and optional fields, then the type (proc_pid_mountinfo(5)). */
const LINE = /^(\d+) \d+ \S+ \S+ (\S+) .*? - (\S+) /;

/** The mounts in a mountinfo text, read as latin1, in its order: of two with the same point the later one hides the other. */
export function parseMountInfo(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [, id, point, type] = LINE.exec(line) ?? [];
    if (id === undefined || point === undefined || type === undefined) return [];
    return [{ id, point: unescaped(point), type }];
  });
}

/** Blanks and the like are octal numbers there, and names are bytes. */
function unescaped(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Says whether a path leads to a mount that may wait for another machine or process. Touches no such mount itself. */
export interface MountTable {
  /**
   * The mount that may not answer on the way to `path`, or at its end; null: none.
   * @param follow a symlink at the end is followed
   */
  uncertain(path: string, follow: boolean): Promise<Mount | null>;
  /** The same at once, for the start of a process; a symlink at the end is followed. */
  uncertainNow(path: string): Mount | null;
  /** Is it mounted now? */
  has(mount: Mount): boolean;
}

/** @param read gives /proc/self/mountinfo */
export function createMountTable(
  read: () => string = () => readFileSync('/proc/self/mountinfo', 'latin1'),
): MountTable {
  let readAt = Number.NEGATIVE_INFINITY;
  let text = '';
  let points: ReadonlyMap<string, Mount> = new Map();
  /** Where the way to a folder ends, for as long as the table is fresh: ten thousand files lie in one. */
  let folders = new Map<string, Promise<Mount | string>>();

  /** Only mounts that may not answer, by their point; one that a certain one hides is none. */
  const uncertainPoints = (): ReadonlyMap<string, Mount> => {
    const now = performance.now();
    if (now - readAt < FRESH_MS) return points;
    readAt = now;
    folders = new Map();
    const latest = read();
    if (latest === text) return points;
    text = latest;
    const all = new Map(parseMountInfo(text).map((mount) => [mount.point, mount]));
    // Without the root disk nothing works, whatever it is.
    points = new Map([...all].filter(([point, { type }]) => point !== '/' && !CERTAIN.has(type)));
    return points;
  };

  return {
    uncertainNow: (path) => {
      const mounts = uncertainPoints();
      if (mounts.size === 0) return null;
      const way = wayTo(mounts, '/', path, true);
      let step = way.next(null);
      while (!step.done) step = way.next(linkNow(step.value));
      return mountIn(step.value);
    },
    has: ({ id, point }) => uncertainPoints().get(point)?.id === id,
    uncertain: async (path, follow) => {
      const mounts = uncertainPoints();
      if (mounts.size === 0) return null;
      const { dir, base } = posix.parse(path);
      // A `..` depends on where its folder leads.
      const isPlain = base !== '' && base !== '.' && base !== '..' && !path.endsWith('/');
      if (!isPlain) return mountIn(await walked(wayTo(mounts, '/', path, follow)));
      let way = folders.get(dir);
      if (way === undefined) {
        way = walked(wayTo(mounts, '/', dir, true));
        folders.set(dir, way);
      }
      const from = await way;
      return mountIn(typeof from === 'string' ? await walked(wayTo(mounts, from, base, follow)) : from);
    },
  };
}

function mountIn(end: Mount | string): Mount | null {
  return typeof end === 'string' ? null : end;
}

/** A way to the end of a path, which asks of each name on it what {@link linkAt} answers. */
type Way = Generator<string, Mount | string, string | null>;

async function walked(way: Way): Promise<Mount | string> {
  let step = way.next(null);
  while (!step.done) step = way.next(await linkAt(step.value));
  return step.value;
}

/**
 * Resolves a path name by name, and looks at each only once it is known to lie on a certain file system.
 * @param from a folder, with no symlinks in its path
 * @returns the mount that the way leads to, or where it ends
 */
function* wayTo(mounts: ReadonlyMap<string, Mount>, from: string, path: string, follow: boolean): Way {
  const names = namesOf(path);
  let at = from;
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      at = posix.dirname(at);
      continue;
    }
    const next = posix.join(at, name);
    const mount = mounts.get(next);
    if (mount) return mount;
    const target = names.length > 0 || follow ? yield next : null;
    if (target === null) {
      at = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return at;
    if (target.startsWith('/')) at = '/';
    names.unshift(...namesOf(target));
  }
  return at;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Where a symlink leads; null for everything else, and for what is not there. */
async function linkAt(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : null;
  } catch {
    return null;
  }
}

function linkNow(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
