import { dirname } from 'node:path';
import { StoreError, type StoreFault, StoreRefusal } from '../core/ports/store.js';
import { errorCode } from './error-code.js';

/** Why, and the way out, by SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const REASONS: readonly (readonly [code: RegExp, fault: StoreFault, reason: string, wayOut: string])[] = [
  [
    /^SQLITE_(BUSY|LOCKED)/,
    'locked',
    'another process keeps it locked',
    'Wait until it is done, or end it, then try again.',
  ],
  [/^SQLITE_FULL/, 'full', 'the disk is full', 'Free some space on its disk, then try again.'],
  [/^SQLITE_IOERR_SHMSIZE/, 'full', 'the disk is full', 'Free some space on its disk, then try again.'],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/,
    'denied',
    'it can’t be written',
    'Give the user that runs ChatOps the right to write the file and its folder.',
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB|FORMAT)/,
    'damaged',
    'it is damaged or not a ChatOps database',
    'Stop ChatOps, keep the file for examination, and put a backup of the data directory in its place.',
  ],
  [/^SQLITE_IOERR/, 'io', 'the disk reports an error', 'Check the disk and the system’s log.'],
];

/** Trying again can't help: the statement or its values are wrong. */
const REFUSED = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;

/** Another connection has the lock: worth another attempt. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** Why SQLite failed and the way out, without the file's name; null for errors that are not SQLite's. */
export function sqliteReason(
  error: unknown,
): { code: string; fault: StoreFault; reason: string; wayOut: string } | null {
  const code = codeOf(error);
  if (code === '') return null;
  const [, fault, reason, wayOut] = REASONS.find(([pattern]) => pattern.test(code)) ?? [
    code,
    'unknown' as const,
    'SQLite refused the operation',
    'Report this with the text in brackets.',
  ];
  return { code, fault, reason, wayOut };
}

/**
 * The error as the store's callers see it: file, reason, way out. Errors that are not SQLite's stay as they
 * are, because they are either StoreErrors already or bugs.
 */
export function storeErrorOf(error: unknown, file: string): unknown {
  const known = sqliteReason(error);
  if (known === null) return error;
  const { code, fault, reason, wayOut } = known;
  const text = error instanceof Error ? error.message : String(error);
  const message = `${file}: ${reason} (${code}: ${text}). Nothing was changed. ${wayOut}`;
  const options = { cause: error, fault, folder: dirname(file) };
  return REFUSED.test(code) ? new StoreRefusal(message, options) : new StoreError(message, options);
}

function codeOf(error: unknown): string {
  const code = errorCode(error);
  if (code.startsWith('SQLITE_')) return code;
  const text = String(error);
  // How the driver reports that sqlite3_open failed, and the use of a closed connection.
  if (text.includes('ConnectionFailed(')) return 'SQLITE_CANTOPEN';
  if (text.includes('connection is not open')) return 'SQLITE_MISUSE';
  return '';
}
