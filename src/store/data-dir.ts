import { accessSync, chmodSync, closeSync, constants, fstatSync, mkdirSync, openSync } from 'node:fs';
import { StoreError, type StoreFault } from '../core/store.js';
import { errorCode } from './error-code.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file is in the way',
  EISDIR: 'a directory is in the way',
  ENOENT: 'it does not exist',
};

/** Why a file operation failed, in words, with the system's code. */
export function fileReason(error: unknown): string {
  const code = errorCode(error);
  return code === '' ? String(error) : `${REASONS[code] ?? 'the system refused it'} (${code})`;
}

const FAULTS: Readonly<Record<string, StoreFault>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  ENOENT: 'gone',
  ENOTDIR: 'gone',
  ESTALE: 'gone',
  EIO: 'io',
};

/** What a failed file operation says about the store. */
export function fileFault(error: unknown): StoreFault {
  return FAULTS[errorCode(error)] ?? 'unknown';
}

/**
 * Makes sure that the data directory (created 0700) and the database file (0600, empty when new) are there
 * and writable. SQLite gives its side files the database file's mode.
 * @throws StoreError naming the path, the reason and the way out
 */
export function prepareDataDir(dataDir: string, file: string): void {
  attempt(dataDir, dataDir, () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  attempt(file, dataDir, () => {
    const descriptor = openSync(file, 'a', 0o600);
    try {
      if ((fstatSync(descriptor).mode & 0o077) !== 0) chmodSync(file, 0o600);
    } finally {
      closeSync(descriptor);
    }
  });
}

function attempt(path: string, dataDir: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new StoreError(
      `${path} can’t be written: ${fileReason(cause)}. Nothing was changed. ` +
        'Give the user that runs ChatOps the right to write there, or set CHATOPS_DATA_DIR to another folder.',
      { cause, fault: fileFault(cause), folder: dataDir },
    );
  }
}
