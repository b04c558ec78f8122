import { dirname } from 'node:path';
import Libsql from 'libsql';
import { StoreError } from '../core/ports/store.js';
import { fileFault } from './data-dir.js';
import type { Sql, SqlValue } from './sql.js';
import { storeErrorOf } from './sqlite-error.js';
import { walSync } from './wal-sync.js';
import type { Shape } from './watched-files.js';
import { whileBusy } from './while-busy.js';
import { writeQueue } from './write-queue.js';

/** One SQLite file. Failures of SQLite throw {@link StoreError}. */
export interface Database {
  /** Work may run more than once (when another process has the lock), so it does nothing but read. */
  read<T>(work: (sql: Sql) => T): Promise<T>;
  /**
   * Runs work all or nothing, with the write lock from the start: whatever it throws undoes all of it. It is
   * durable when it returns. Calls take effect in the order in which they were made; those that wait at the same
   * time share a transaction, because the disk's sync costs more than the work. Work may run more than once.
   */
  write<T>(work: (sql: Sql) => T): Promise<T>;
  /** {@link write} in a transaction of its own, which is open while work waits: it sees only what is committed. */
  writeAlone<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Keeps everything from being written until it is called with null. What is written is done first. */
  hold(why: StoreError | null): void;
  /** Resolves when no write waits or is under way. */
  idle(): Promise<void>;
  /** What SQLite said when it met damage; null: it has met none. */
  damage(): StoreError | null;
  /** What the database itself says of its size. */
  shape(): Promise<Shape>;
  /** Waits for writes under way, moves the write-ahead log into the file, and closes it. */
  close(): Promise<void>;
}

/**
 * The write-ahead log moves into the file when it is as long as this, and shrinks back to it after a large plan went
 * through it. Moving syncs both, and blocks the thread meanwhile.
 */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024;
const PAGE_BYTES = 4096;

/**
 * Opens the file, which must exist (it may be empty).
 * @param lockTimeoutMs how long to wait for other processes before giving up with a StoreError
 */
export async function openDatabase(file: string, lockTimeoutMs: number): Promise<Database> {
  let damage: StoreError | null = null;
  const noted = (error: unknown): unknown => {
    if (error instanceof StoreError && error.fault === 'damaged') damage ??= error;
    return error;
  };
  const retrying = whileBusy(lockTimeoutMs, (error) => noted(storeErrorOf(error, file)));
  const handle = await retrying(() => connect(file));
  const sql = sqlOf(handle);
  const wal = walSync(file);
  // A sync that failed once may seem to succeed the next time although pages were lost
  // (https://wiki.postgresql.org/wiki/Fsync_Errors): nothing is written any more until a restart has read the file anew.
  let broken: StoreError | null = null;
  let held: StoreError | null = null;
  const sync = async (): Promise<void> => {
    await wal.sync().catch((error: unknown) => {
      broken = unsynced(file, error);
      throw broken;
    });
  };
  const writes = writeQueue({
    sync,
    begin: async () => {
      const reason = broken ?? held;
      if (reason) throw reason;
      await retrying(() => handle.exec('BEGIN IMMEDIATE'));
    },
    together: (works) => committed(handle, file, noted, () => works.map((work) => work(sql))),
    alone: async (work) => {
      // What other processes have committed may still be on its way to the disk.
      const [end] = await Promise.allSettled([sync().then(() => work(sql))]);
      return committed(handle, file, noted, () => {
        if (end.status === 'rejected') throw end.reason;
        return end.value;
      });
    },
  });

  return {
    read: (work) => retrying(() => work(sql)),
    write: <T>(work: (sql: Sql) => T) => writes.add(work, 'together') as Promise<T>,
    writeAlone: <T>(work: (sql: Sql) => Promise<T>) => writes.add(work, 'alone') as Promise<T>,
    hold: (why) => {
      held = why;
    },
    idle: writes.idle,
    damage: () => damage,
    shape: () =>
      retrying(() => ({
        version: sql.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0,
        bytes: (sql.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0) * PAGE_BYTES,
      })),
    async close() {
      await writes.idle();
      // What is asked for from here on would meet files that are being closed, and call that a broken disk.
      held ??= storeErrorOf(new Error('The database connection is not open'), file) as StoreError;
      await writes.idle();
      // Closing it would delete the log by its name, which may be another database's by now.
      if (!handle.open || held?.fault === 'gone') return;
      // Statements that are still in memory keep SQLite from doing this by itself.
      await retrying(() => handle.exec('PRAGMA wal_checkpoint(TRUNCATE)')).catch(() => undefined);
      await wal.close();
      handle.close();
    },
  };
}

/** Moves the write-ahead log of a database that nobody uses into its file. */
export function mergeLog(file: string): void {
  const handle = new Libsql(file);
  try {
    handle.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    handle.close();
  }
}

type Handle = InstanceType<typeof Libsql>;

function connect(file: string): Handle {
  const handle = new Libsql(file);
  try {
    // SQLite's own waiting would block the event loop: attempts are repeated instead.
    handle.exec('PRAGMA busy_timeout = 0');
    handle.exec('PRAGMA journal_mode = WAL');
    // The write-ahead log is synced after each commit all the same: wal-sync.ts.
    handle.exec('PRAGMA synchronous = NORMAL');
    handle.exec('PRAGMA foreign_keys = ON');
    handle.exec(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`);
    handle.exec(`PRAGMA wal_autocheckpoint = ${WAL_LIMIT_BYTES / PAGE_BYTES}`);
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** SQL against an open connection. */
export function sqlOf(handle: Handle): Sql {
  const statements = new Map<string, ReturnType<Handle['prepare']>>();
  const prepared = (text: string) => {
    let statement = statements.get(text);
    if (!statement) {
      statement = handle.prepare(text);
      statements.set(text, statement);
    }
    return statement;
  };
  // Values go in as one array: a lone object or null would be taken for named parameters.
  return {
    run: (text, ...values) => prepared(text).run(values).changes,
    get: <Row>(text: string, ...values: readonly SqlValue[]) => prepared(text).get(values) as Row | undefined,
    all: <Row>(text: string, ...values: readonly SqlValue[]) => prepared(text).all(values) as Row[],
    script: (text) => {
      handle.exec(text);
    },
  };
}

/** Ends the transaction that is open, with what work did or without. */
function committed<T>(handle: Handle, file: string, noted: (error: unknown) => unknown, work: () => T): T {
  try {
    const result = work();
    handle.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may have rolled it back already.
    if (handle.inTransaction) handle.exec('ROLLBACK');
    throw noted(storeErrorOf(error, file));
  }
}

function unsynced(file: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(
    `${file}: a change could not be written through to the disk (${why}). Nothing more is written. Check the disk, then restart.`,
    { cause, fault: fileFault(cause) === 'full' ? 'full' : 'io', folder: dirname(file) },
  );
}
