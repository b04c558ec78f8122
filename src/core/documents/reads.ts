import { lstat, type Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readTextFile, type TextFile } from './text-file.js';

/** What tells one state of a file or folder from another. */
export interface FileFacts {
  readonly dev: number;
  readonly ino: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly isLink: boolean;
  readonly isFolder: boolean;
}

/**
 * How the bot's own small files are read: intents, rules, schedules. Everything rejects with an error that has the
 * system's code, `ETIMEDOUT` (a NoAnswerError with the mount as its path) when a mount doesn't answer.
 */
export interface Reads {
  /** Symlinks are followed. */
  facts(path: string): Promise<FileFacts>;
  /** Of a symlink itself. */
  linkFacts(path: string): Promise<FileFacts>;
  /** The names in a folder, in no order. */
  names(folder: string): Promise<readonly string[]>;
  /** Without symlinks. */
  truePath(path: string): Promise<string>;
  /** See {@link readTextFile}; what doesn't answer is told in the result, too. */
  text(file: string, maxBytes: number): Promise<TextFile>;
  /** May this process touch the path, because nobody else has to answer for it? */
  isCertain(path: string): Promise<boolean>;
}

// A third cheaper than that of node:fs/promises, for ten thousand files.
const look = promisify(lstat) as (path: string) => Promise<Stats>;

/** Reads in this process, which wait for as long as the file system does. */
export const plainReads: Reads = {
  facts: async (path) => factsOf(await stat(path)),
  linkFacts: async (path) => factsOf(await look(path)),
  names: (folder) => readdir(folder),
  truePath: (path) => realpath(path),
  text: readTextFile,
  isCertain: async () => true,
};

function factsOf(stats: Stats): FileFacts {
  const { dev, ino, size, mtimeMs, ctimeMs } = stats;
  return { dev, ino, size, mtimeMs, ctimeMs, isLink: stats.isSymbolicLink(), isFolder: stats.isDirectory() };
}
