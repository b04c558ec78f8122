import type { AuditEntry, AuditRow, AuditStore } from '../core/ports/store.js';
import { type ChainedRow, EMPTY_HEAD, type Head, nextRow, problemsOf } from './audit-chain.js';
import type { HeadFile } from './audit-head.js';
import { addRow, headAt, headOf, newestRows, rowsAfter } from './audit-rows.js';
import { verifyTrail } from './audit-verify.js';
import { auditWatch } from './audit-watch.js';
import { raiseAlert } from './incident-events.js';
import { parseJson } from './json.js';
import type { Database, Sql } from './sqlite-database.js';

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

/** Between two sealings, in ms. */
const SEAL_EVERY = 100;

/** @param warn is told once when the head file can't be written, until it can again */
export function auditTrail(database: Database, file: HeadFile, warn: (message: string) => void): AuditTrail {
  let failing = false;
  let underWay: Promise<void> | null = null;
  let endedAt = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | null = null;
  const sealNow = async (): Promise<void> => {
    try {
      await database.writeAlone((sql) => moveForward(sql, file));
      failing = false;
    } catch (error) {
      if (!failing)
        warn(`The audit trail is not sealed: ${String(error)} It is tried again at the next row.`);
      failing = true;
    }
    underWay = null;
    endedAt = performance.now();
  };
  const sealPutOff = (): void => {
    // A slow disk: who began first ends first.
    later = underWay && setTimeout(sealPutOff, SEAL_EVERY).unref();
    if (!underWay) underWay = sealNow();
  };
  return {
    chain: (sql, entry) => addRow(sql, nextRow(headOf(sql), entry)),
    async seal() {
      if (later) return;
      // One that is under way may have read the head already.
      const wait = underWay ? SEAL_EVERY : endedAt + SEAL_EVERY - performance.now();
      if (wait > 0) {
        later = setTimeout(sealPutOff, wait).unref();
        return;
      }
      underWay = sealNow();
      await underWay;
    },
    async end() {
      await underWay;
      if (!later) return;
      clearTimeout(later);
      sealPutOff();
      await underWay;
    },
    async begin() {
      if (!file.exists()) await file.write(EMPTY_HEAD);
    },
  };
}

export function auditStore(
  database: Database,
  trail: AuditTrail,
  file: HeadFile,
  dataDir: string,
): AuditStore {
  return {
    ...auditWatch(database, trail, file, dataDir),

    async append(entry, alert) {
      await database.write((sql) => {
        trail.chain(sql, entry);
        if (alert) raiseAlert(sql, alert);
      });
      await trail.seal();
    },
    async list(limit) {
      const rows = await database.read((sql) => newestRows(sql, Math.max(0, Math.floor(limit))));
      return rows.map(rowOf);
    },
    verify: () => verifyTrail(database, file, dataDir),
  };
}

async function moveForward(sql: Sql, file: HeadFile): Promise<void> {
  const { head: sealed } = file.read();
  const head = headOf(sql);
  if (sealed && sealed.count < head.count && leadsOn(sql, sealed)) await file.write(head);
}

/** Is `sealed` still in the trail, and does every row after it follow validly? */
function leadsOn(sql: Sql, sealed: Head): boolean {
  let previous = headAt(sql, sealed.count);
  if (previous?.hash !== sealed.hash) return false;
  for (let page = rowsAfter(sql, previous.count); page.length > 0; page = rowsAfter(sql, previous.count)) {
    for (const row of page) {
      if (problemsOf(previous, row).length > 0) return false;
      previous = { count: row.seq, hash: row.hash };
    }
  }
  return true;
}

function rowOf({ seq, previousHash, hash, entry }: ChainedRow): AuditRow {
  return { ...parseJson<AuditEntry>(entry, `Row ${seq} of the audit trail`), seq, previousHash, hash };
}
