import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { type Folder, HostError } from '../core/ports/host.js';

/**
 * Holds a folder open. It is looked at only once it is open, so that nobody can put another one in its place
 * between the look and the use; `path` is where it lies now, wherever a symlink on the way had led. An inode's
 * number is given to another folder once its own is gone, so both are compared.
 */
export async function openFolder({ path, id }: Folder): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(() => null);
  if (handle === null) throw stale(path);
  try {
    const { dev, ino } = await handle.stat({ bigint: true });
    if (`${unsigned(dev)}:${unsigned(ino)}` === id && (await readlink(pathOf(handle))) === path)
      return handle;
  } catch {
    // Where /proc is not there, nothing can be told, and so it is not the folder that was meant.
  }
  await handle.close();
  throw stale(path);
}

/** Node reads 64 bits as a signed number; union file systems give inodes that use all of them. */
export function unsigned(number: bigint): bigint {
  return BigInt.asUintN(64, number);
}

/** Leads to the open folder itself, in this process and in a child of it that has not yet called exec(2). */
export function pathOf({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

/** The error of a folder that is not the one that was meant. */
export function stale(path: string): HostError {
  return new HostError('ESTALE', path, `${path} is not the folder that was meant.`);
}
