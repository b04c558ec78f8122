import { access, constants, stat } from 'node:fs/promises';
import { asHostError } from './plain-files.js';

/** Looks in this process, which wait for as long as the file system does. */
export const plainLooks = {
  /** Links followed; null when nothing is there. */
  look: async (path: string) => {
    try {
      const stats = await stat(path);
      const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
      return { type, mode: stats.mode & 0o7777, owner: stats.uid, device: stats.dev } as const;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw asHostError(error, path);
    }
  },
  /** Why this user can't write there: the system's code; null: it can. */
  writeFault: async (path: string): Promise<string | null> => {
    try {
      await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
      return null;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
    }
  },
};
