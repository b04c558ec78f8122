import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCode } from './text-file.js';

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. Each is tried once: Node's own
 * `recursive` tries for ever where a folder is there and takes no new ones, such as `/proc`.
 * @param mode of each folder that is made
 * @throws the system's error of the folder that couldn't be made
 */
export async function makeFolder(path: string, mode: number): Promise<void> {
  const missing: string[] = [];
  let at = resolve(path);
  while (!(await made(at, mode))) {
    missing.push(at);
    at = dirname(at);
  }
  for (const folder of missing.reverse()) await made(folder, mode, true);
}

/** False when the folder above is missing; with `last`, that is an error too. */
async function made(path: string, mode: number, last = path === dirname(path)): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if (await isFolder(path)) return true;
    if (last || systemCode(error) !== 'ENOENT') throw error;
    return false;
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
