import { accessSync, chmodSync, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { makeFolder } from '../core/documents/make-folder.js';
import { StoreError, type StoreFault } from '../core/ports/store.js';
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
  ELOOP: 'a symlink leads back to itself',
  ENAMETOOLONG: 'the path is too long',
  ENXIO: 'it is not a regular file',
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
export async function prepareDataDir(dataDir: string, file: string): Promise<void> {
  await makeFolder(dataDir, 0o700).catch((cause: unknown) => {
    throw unusable(`The data folder ${shortened(dataDir)} can’t be made: ${unmade(cause)}.`, dataDir, cause);
  });
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(`${dataDir} can’t be written: ${fileReason(cause)}.`, dataDir, cause);
  }
  try {
    makeFile(file);
  } catch (cause) {
    throw unusable(`${file} can’t be written: ${fileReason(cause)}.`, dataDir, cause);
  }
}

/** Not waiting: opening a named pipe would, until somebody reads from it. */
function makeFile(file: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  const descriptor = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) throw Object.assign(new Error(`${file} is not a regular file`), { code: 'ENXIO' });
    if ((facts.mode & 0o077) !== 0) chmodSync(file, 0o600);
  } finally {
    closeSync(descriptor);
  }
}

const LONGEST_PATH = 200;

/** A path that a message can hold: the middle of a very long one is left out. */
export function shortened(path: string): string {
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, 100)}…${path.slice(-60)}`;
}

/** A folder above it is there, and takes no new ones: `/proc` says so with ENOENT. */
function unmade(cause: unknown): string {
  return errorCode(cause) === 'ENOENT' ? 'its place takes no folders (ENOENT)' : fileReason(cause);
}

function unusable(what: string, folder: string, cause: unknown): StoreError {
  const wayOut =
    'Give the user that runs ChatOps the right to write there, or set CHATOPS_DATA_DIR to another folder.';
  return new StoreError(`${what} Nothing was changed. ${wayOut}`, { cause, fault: fileFault(cause), folder });
}
