import { close, existsSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const fdatasyncLater = promisify(fdatasync);
const closeLater = promisify(close);

/** Brings what is committed onto the disk, without keeping the event loop waiting for it. */
export interface WalSync {
  /** Resolves once everything that was committed before the call survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * SQLite's `synchronous=FULL` syncs the write-ahead log after each commit, and blocks the thread meanwhile. With
 * `NORMAL` it syncs the log before each checkpoint and the database after it, and leaves the commits to us
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). The log stays the same file while a connection is open.
 */
export function walSync(database: string): WalSync {
  let fd: number | null = null;
  return {
    async sync() {
      // It is made with the first transaction.
      if (fd === null && !existsSync(`${database}-wal`)) return;
      fd ??= openSync(`${database}-wal`, 'r');
      await fdatasyncLater(fd);
    },
    async close() {
      if (fd !== null) await closeLater(fd);
      fd = null;
    },
  };
}
