import type { AuditEntry } from '../core/model/audit.js';
import type { Sql } from './sql.js';

/**
 * The audit trail: a hash chain in the database, and its head (count and last hash) in `audit.head` beside it.
 *
 * The chain alone shows edited, missing and moved rows, but not rows that were cut off at its end; the head
 * file shows those. It is written after the commit, because a file that is ahead of the database looks just
 * like a cut-off trail. A crash in between leaves the file behind by a few rows that follow validly from it:
 * such a trail is whole, and the next append or open seals it again. The price: who can write the database
 * can add rows, and who can write both files can rewrite all; keep a copy of audit.head elsewhere against that.
 *
 * The file is read, compared and written under the database's write lock, with the head that is committed
 * then. So of two processes none can put an older head over a newer one. Nobody else can write meanwhile, and the
 * file costs more of the disk than the rows: rows that come quickly one after the other share a sealing.
 *
 * Sealing only ever moves forward from a head that the chain confirms. A file that is missing, edited or
 * contradicted by the rows stays as it is, as evidence, however many rows are appended after that.
 */
export interface AuditTrail {
  /** Appends a row. Call it inside the write that the row is about, and {@link seal} after that. */
  chain(sql: Sql, entry: AuditEntry): void;
  /**
   * Brings the head file up to the committed rows: at once, or, shortly after the last time, a little later for all
   * rows until then. Resolves when it is done at once. Never rejects: the rows are safe without it.
   */
  seal(): Promise<void>;
  /** Does now what {@link seal} has put off. */
  end(): Promise<void>;
  /** For a new database only: without this, a missing head file could be an innocent one. */
  begin(): Promise<void>;
}
