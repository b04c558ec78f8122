import { join } from 'node:path';
import Libsql from 'libsql';
import type { Circuit } from '../core/ports/circuit.js';
import type { Owner } from '../core/ports/store.js';
import type { RowCounts, StoreFacts } from '../core/ports/store-facts.js';
import { EMPTY_HEAD, type Head } from './audit-chain.js';
import { endProblem } from './audit-end.js';
import { headFile, type SealedHead } from './audit-head.js';
import { LIST } from './owners.js';
import { MIGRATIONS } from './schema.js';
import { sqliteReason } from './sqlite-error.js';
import { readOnlyAddress, sizeOf } from './sqlite-reader.js';

const CIRCUITS = 'SELECT target, reason, since, next_try AS nextTry, failures FROM circuits ORDER BY target';
/** Larger databases are not read as a whole: that would take too long for a look. */
const READ_WHOLE_BYTES = 64 * 1024 * 1024;

/** Looks into the database of a data directory, opened for reading only. Changes nothing, migrates nothing. */
export async function readSqliteFacts(dataDir: string): Promise<StoreFacts> {
  const file = join(dataDir, 'chatops.db');
  // An empty file is what a first start leaves that was cut off; it becomes a database at the next one.
  const size = sizeOf(file);
  if (size === 0) return { state: 'absent' };
  try {
    return look(file, size, headFile(join(dataDir, 'audit.head'), file).read());
  } catch (error) {
    const known = sqliteReason(error);
    if (known === null) throw error;
    return { state: 'unusable', why: `${file}: ${known.reason} (${known.code})`, wayOut: known.wayOut };
  }
}

function look(file: string, size: number, sealed: SealedHead): StoreFacts {
  const handle = new Libsql(readOnlyAddress(file));
  const get = <Row>(sql: string): Row | undefined => handle.prepare(sql).get([]) as Row | undefined;
  try {
    const format = get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
    const known = MIGRATIONS.length;
    if (format > known) return { state: 'newer', format, known };
    if (size <= READ_WHOLE_BYTES) {
      const found = get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check ?? 'ok';
      if (found !== 'ok') return damaged(file, found);
    }
    if (format === 0) return { state: 'absent' };
    const last = get<Head>('SELECT seq AS count, hash FROM audit ORDER BY seq DESC LIMIT 1');
    const sealedRow = sealed.head
      ? get<Head>(`SELECT seq AS count, hash FROM audit WHERE seq = ${sealed.head.count}`)
      : undefined;
    return {
      state: 'readable',
      format,
      known,
      // Columns may have come since; and what has an older format is not in use by this version.
      rows: format === known ? countRows(get) : null,
      owners: format === known ? (handle.prepare(LIST).all([]) as Owner[]) : [],
      circuits: format === known ? (handle.prepare(CIRCUITS).all([]) as Circuit[]) : [],
      auditRows: last?.count ?? 0,
      auditProblem: endProblem(sealed, sealedRow ?? null, last ?? EMPTY_HEAD),
    };
  } finally {
    handle.close();
  }
}

/** @param get the first row of a statement */
function countRows(get: <Row>(sql: string) => Row | undefined): RowCounts | null {
  return (
    get<RowCounts>(`SELECT
      (SELECT count(*) FROM runs) AS runs,
      (SELECT count(*) FROM plans) AS plans, (SELECT coalesce(sum(length(plan)), 0) FROM plans) AS planBytes,
      (SELECT count(*) FROM logs) AS logs, (SELECT coalesce(sum(length(text)), 0) FROM logs) AS logBytes,
      (SELECT count(*) FROM audit) AS auditRows,
      (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size) AS freeBytes`) ??
    null
  );
}

function damaged(file: string, found: string): StoreFacts {
  const known = sqliteReason({ code: 'SQLITE_CORRUPT' });
  return { state: 'unusable', why: `${file}: ${known?.reason} (${found})`, wayOut: known?.wayOut ?? '' };
}
