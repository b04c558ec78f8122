import { access, constants, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { CommandSettings } from './command.js';
import type { Files } from './files.js';

/** See {@link Host.programMark}. What lies on a mount that may not answer is not looked at here, and so not told. */
export async function programMark(
  program: string,
  { environment }: CommandSettings,
  files: Files,
): Promise<string | null> {
  const { PATH = '' } = environment;
  for (const folder of program.includes('/') ? [''] : PATH.split(':')) {
    const path = posix.join(folder, program);
    if (!posix.isAbsolute(path) || (await files.uncertain(path)) !== null) return null;
    const found = await executable(path);
    if (found !== null) return JSON.stringify([PATH, path, found]);
  }
  return null;
}

/** What tells this very file, in its present state; null when nothing there can be started. */
async function executable(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return null;
    return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
  } catch {
    return null;
  }
}
