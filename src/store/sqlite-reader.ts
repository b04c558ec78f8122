import { statSync } from 'node:fs';
import Libsql from 'libsql';
import { StoreError } from '../core/ports/store.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './schema.js';
import { type Database, sqlOf } from './sqlite-database.js';
import { storeErrorOf } from './sqlite-error.js';
import { whileBusy } from './while-busy.js';

/**
 * Opens a database for reading only: nothing is made, migrated or written, whatever is asked of it. `isMissing`: it isn't
 * there, and is read as if nothing had been written to it yet.
 * @param lockTimeoutMs how long to wait for other processes before giving up with a StoreError
 * @throws StoreError when it can't be read, or has another version's format
 */
export async function openReader(file: string, lockTimeoutMs: number, isMissing: boolean): Promise<Database> {
  const retrying = whileBusy(lockTimeoutMs, (error) => storeErrorOf(error, file));

  const handle = await retrying(() => new Libsql(isMissing ? ':memory:' : readOnlyAddress(file)));
  const sql = sqlOf(handle);
  const refuse = async (): Promise<never> => {
    throw new StoreError(`${file} is open for reading only. Nothing was changed.`);
  };
  try {
    if (isMissing) migrate(sql, file);
    const [row] = await retrying(() => sql.all<{ user_version: number }>('PRAGMA user_version'));
    checkFormat(file, row?.user_version ?? 0);
  } catch (error) {
    handle.close();
    throw error;
  }
  return {
    read: (work) => retrying(() => work(sql)),
    write: refuse,
    writeAlone: refuse,
    // Nothing is written, so there is nothing to hold back or to watch.
    hold: () => {},
    idle: async () => {},
    damage: () => null,
    shape: refuse,
    close: async () => void handle.close(),
  };
}

function checkFormat(file: string, found: number): void {
  if (found === MIGRATIONS.length) return;
  const [who, wayOut] =
    found > MIGRATIONS.length
      ? ['a newer version of ChatOps wrote it', 'Use that version.']
      : [
          'an earlier version of ChatOps wrote it',
          'The next start of the bot, or the next run, brings it up to date.',
        ];
  throw new StoreError(
    `${file}: ${who} (format ${found}; this version reads format ${MIGRATIONS.length}). Nothing was changed. ${wayOut}`,
  );
}

/**
 * The address that opens a file for reading only. With nothing in the write-ahead log, everything is in the file itself:
 * as `immutable` not even the log's files are touched (https://www.sqlite.org/uri.html). Else `mode=ro` reads what is in
 * the log too.
 */
export function readOnlyAddress(file: string): string {
  const path = encodeURI(file).replaceAll('?', '%3F').replaceAll('#', '%23');
  return `file:${path}?${sizeOf(`${file}-wal`) > 0 ? 'mode=ro' : 'immutable=1'}`;
}

/** In bytes; 0 also where nothing is. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
