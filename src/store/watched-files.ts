import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './error-code.js';

/** The files that SQLite keeps open, by what follows the database's name. */
const PARTS = ['', '-wal', '-shm'] as const;

interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** What became of a file that is open. */
export type FileFinding =
  /** `deleted`: what is open has no name any more, so that it is lost once it is closed. */
  | { readonly what: 'folder_gone'; readonly deleted: boolean }
  | { readonly what: 'missing' | 'replaced'; readonly path: string; readonly deleted: boolean }
  | { readonly what: 'shrunk'; readonly path: string; readonly bytes: number; readonly before: number }
  | { readonly what: 'denied'; readonly path: string; readonly code: string };

/** The database's files as they were opened, to be compared with what the folder holds. */
export interface WatchedFiles {
  /**
   * The first thing that is not as it was; null: all is. Opens no file: closing it would drop SQLite's own locks.
   * @param shape tells what the database itself says
   */
  look(shape: () => Promise<Shape>): Promise<FileFinding | null>;
  /** Paths under /proc by which the open database and its log can be read, whatever their names lead to. */
  openParts(): Promise<{ readonly database: string; readonly wal: string | null } | null>;
}

/** What the database itself says of its size. */
export interface Shape {
  /** Changes whenever another connection has committed something. */
  readonly version: number;
  /** Bytes of all its pages. */
  readonly bytes: number;
}

/** Remembers the files of a database that is open and was written to. */
export async function watchFiles(folder: string, file: string): Promise<WatchedFiles> {
  const home = await identify(folder);
  const parts = await Promise.all(
    PARTS.map(async (suffix) => ({ path: `${file}${suffix}`, identity: await identify(`${file}${suffix}`) })),
  );
  let longest = 0;
  let version: number | null = null;

  const changed = async (path: string, identity: Identity): Promise<FileFinding | null> => {
    const found = await identify(path);
    if (same(found, identity)) return null;
    return { what: found === null ? 'missing' : 'replaced', path, deleted: await isDeleted(identity) };
  };

  return {
    async look(shape) {
      if (!same(await identify(folder), home)) {
        const database = parts[0]?.identity;
        return { what: 'folder_gone', deleted: database ? await isDeleted(database) : false };
      }
      for (const { path, identity } of parts) {
        const finding = identity && (await changed(path, identity));
        if (finding) return finding;
      }
      const { size } = await stat(file);
      const now = await shape();
      // Somebody vacuumed it: another connection has committed, and what is left is all of it.
      const isVacuumed = now.version !== version && size > 0 && now.bytes <= size;
      version = now.version;
      if (size < longest && !isVacuumed) return { what: 'shrunk', path: file, bytes: size, before: longest };
      longest = size;
      return (
        (await refused(folder, constants.W_OK | constants.X_OK)) ??
        (await refused(file, constants.R_OK | constants.W_OK))
      );
    },
    async openParts() {
      const [database, wal] = await Promise.all(
        parts.slice(0, 2).map(async ({ identity }) => identity && openPath(identity)),
      );
      return database ? { database: database.path, wal: wal?.path ?? null } : null;
    },
  };
}

async function identify(path: string): Promise<Identity | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return { device: dev, inode: ino };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') return null;
    throw error;
  }
}

function same(a: Identity | null, b: Identity | null): boolean {
  return a?.device === b?.device && a?.inode === b?.inode;
}

/** An open file of this process by its identity; null where /proc doesn't tell. */
async function openPath({ device, inode }: Identity): Promise<{ path: string; links: bigint } | null> {
  const folder = '/proc/self/fd';
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path, { bigint: true }).catch(() => null);
    if (found?.dev === device && found.ino === inode) return { path, links: found.nlink };
  }
  return null;
}

async function isDeleted(identity: Identity): Promise<boolean> {
  return (await openPath(identity))?.links === 0n;
}

async function refused(path: string, mode: number): Promise<FileFinding | null> {
  try {
    await access(path, mode);
    return null;
  } catch (error) {
    return { what: 'denied', path, code: errorCode(error) };
  }
}
