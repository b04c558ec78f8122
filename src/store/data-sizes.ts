import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSizes } from '../core/ports/store-facts.js';
import { FOLDER } from './audit-files.js';
import { RESCUED } from './rescue.js';

/** How large what is in a data directory is. Nothing is opened; what can't be looked at counts as nothing. */
export async function dataSizes(dataDir: string): Promise<DataSizes> {
  const names = await readdir(dataDir).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => ({ name, bytes: await sizeOf(join(dataDir, name)) })),
  );
  const sum = (fits: (name: string) => boolean): number =>
    sizes.filter(({ name }) => fits(name)).reduce((total, { bytes }) => total + bytes, 0);
  const isDatabase = (name: string): boolean => name.startsWith('chatops.db');
  const isRescued = (name: string): boolean => name.startsWith(RESCUED);
  return {
    database: sum(isDatabase),
    auditFiles: sum((name) => name === FOLDER),
    rescued: sum(isRescued),
    others: sum((name) => !isDatabase(name) && !isRescued(name) && name !== FOLDER),
  };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 0;
  if (!found.isDirectory()) return found.size;
  const names = await readdir(path).catch(() => []);
  const files = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => null)));
  return files.reduce((total, file) => total + (file?.isFile() ? file.size : 0), 0);
}
