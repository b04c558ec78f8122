import type { AuditEntry, AuditRow } from '../core/model/audit.js';
import type { AuditStore } from '../core/ports/store.js';
import { type ChainedRow, EMPTY_HEAD, type Head, nextRow, problemsOf } from './audit-chain.js';
import type { HeadFile } from './audit-head.js';
import { addRow, headAt, headOf, newestRows, rowsAfter } from './audit-rows.js';
import type { AuditTrail } from './audit-trail.js';
import { verifyTrail } from './audit-verify.js';
import { auditWatch } from './audit-watch.js';
import { raiseAlert } from './incident-events.js';
import { parseJson } from './json.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

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
