import type { Stats } from 'node:fs';
import {
  access,
  constants,
  link,
  lstat,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../core/documents/make-folder.js';
import { type FileStat, type Host, HostError } from '../core/ports/host.js';

/** What a {@link Host} does with files. */
export type FileOperations = Omit<Host, 'name' | 'exec' | 'pipe' | 'programMark'>;

/** Answers of link(2) on file systems without hard links (FAT, exFAT, some CIFS and FUSE mounts). */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** A failed file operation as a {@link HostError} with the system's code. */
export function asHostError(error: unknown, path: string): HostError {
  const { code = 'EUNKNOWN', message } = error as NodeJS.ErrnoException;
  return new HostError(code, path, message);
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asHostError(error, path);
  }
}

/** Like {@link attempt}, with an answer for when nothing is there. */
async function ifThere<T, N>(path: string, work: () => Promise<T>, absent: N): Promise<T | N> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return absent;
    throw asHostError(error, path);
  }
}

function typeOf(stats: Stats): FileStat['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * link(2) fails when `to` is there, which rename(2) does not. That it reports missing hard links means that
 * nothing is at `to`: the kernel looks there first (EEXIST), whatever the file system can do.
 */
async function renameReplacingNothing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!NO_HARD_LINKS.includes(code)) throw asHostError(error, to);
    await rename(from, to);
  }
  await syncPath(dirname(to));
}

/** A fixed temporary name: a writer that died leaves one file at most, and the next one takes its place. */
async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncPath(dirname(path));
}

/** The same with what only pipelines need. */
export type AllFileOperations = FileOperations & {
  /** Makes an empty file, mode 0600; never takes one that is there. */
  create(path: string): Promise<void>;
};

/** File operations in this process: they wait for as long as the file system does. */
export const plainFiles: AllFileOperations = {
  stat: (path) =>
    ifThere(
      path,
      async () => {
        const stats = await lstat(path);
        return { type: typeOf(stats), size: stats.size, mtimeMs: stats.mtimeMs, device: stats.dev };
      },
      null,
    ),
  list: (path) => attempt(path, async () => (await readdir(path)).sort()),
  realpath: (path) => ifThere(path, () => realpath(path), null),
  access: async (path, mode) => {
    try {
      await access(path, mode === 'read' ? constants.R_OK : constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  readText: (path) => attempt(path, () => readFile(path, 'utf8')),
  writeText: (path, text) => attempt(path, () => writeAtomically(path, text)),
  rename: (from, to) => attempt(to, () => renameReplacingNothing(from, to)),
  remove: (path) => ifThere(path, () => unlink(path).then(() => true), false),
  mkdir: (path) => attempt(path, () => makeFolder(path, 0o700)),
  sync: (path) => attempt(path, () => syncPath(path)),
  create: (path) => attempt(path, async () => (await open(path, 'wx', 0o600)).close()),
  free: (path) =>
    attempt(path, async () => {
      const { bavail, blocks, bsize } = await statfs(path);
      return { available: bavail * bsize, total: blocks * bsize };
    }),
};
