import { chmod, copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Head } from './audit-chain.js';
import { headFile } from './audit-head.js';
import { mergeLog } from './sqlite-database.js';
import type { WatchedFiles } from './watched-files.js';

/** What the folder of a rescued database is called, before the time. */
export const RESCUED = 'rescued-';

/**
 * Saves a database that was deleted while it is open: a copy with everything that was committed, and the head of its
 * audit trail, in a folder that can be moved to where it belongs. Nothing may be written meanwhile.
 * @returns the folder; null when nothing could be saved
 */
export async function rescue(
  files: WatchedFiles,
  dataDir: string,
  head: Head,
  at: Date,
): Promise<string | null> {
  const open = await files.openParts();
  if (open === null) return null;
  const name = `${RESCUED}${at.toISOString().slice(0, 19).replaceAll(':', '')}`;
  const places = [...((await isFolder(dataDir)) ? [dataDir] : []), dirname(dataDir), tmpdir()];
  for (const place of places) {
    const folder = join(place, name);
    try {
      await mkdir(folder, { mode: 0o700 });
    } catch {
      continue;
    }
    try {
      await copyInto(folder, open, head);
      return folder;
    } catch {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return null;
}

async function copyInto(
  folder: string,
  { database, wal }: { readonly database: string; readonly wal: string | null },
  head: Head,
): Promise<void> {
  const file = join(folder, 'chatops.db');
  await copyFile(database, file);
  if (wal !== null) await copyFile(wal, `${file}-wal`);
  await chmod(file, 0o600);
  // So that it is one file, whose end nobody can forget to take along.
  mergeLog(file);
  await headFile(join(folder, 'audit.head'), file).write(head);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
