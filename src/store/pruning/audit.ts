import type { Head } from '../audit-chain.js';
import { fileName, writeRows } from '../audit-files.js';
import type { HeadFile } from '../audit-head.js';
import { baseOf, headAt, headOf, rowsAfter } from '../audit-rows.js';
import type { Sql } from '../sql.js';
import type { Database } from '../sqlite-database.js';

/** Rows of one file. */
const MOST_ROWS = 50_000;
/** Fewer than these are not worth a file of their own, unless they are older by a month. */
const FEWEST_ROWS = 10_000;
const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
const BATCH = 1000;

/** What stays in the database of the audit trail. */
export interface AuditLimit {
  /** ISO 8601. */
  readonly before: string;
  readonly atMost: number;
}

interface Place {
  readonly database: Database;
  readonly head: HeadFile;
  readonly dataDir: string;
}

/**
 * Moves the beginning of the trail into a file, which is complete on the disk before the database knows of it. Only what
 * audit.head vouches for is moved. Returns how many rows; 0: nothing is to be moved.
 */
export async function cutTrail({ database, head, dataDir }: Place, limit: AuditLimit): Promise<number> {
  const part = await database.read((sql) => partToCut(sql, head, limit));
  if (part === null) return 0;
  const { base, end } = part;
  const file = fileName(base.count + 1, end.count);
  await writeRows(dataDir, file, pages(database, base.count, end.count));
  const insert = 'INSERT INTO audit_cuts (first, last, hash, file) VALUES (?, ?, ?, ?)';
  return database.write((sql) => {
    // Another process was faster.
    if (baseOf(sql).count !== base.count) return 0;
    sql.run(insert, base.count + 1, end.count, end.hash, file);
    return end.count - base.count;
  });
}

/** Removes some of the rows that a file holds. Returns how many; 0: there are none left. */
export function removeCutRows(sql: Sql): number {
  const base = baseOf(sql);
  if (base.count === 0) return 0;
  return sql.run(
    `DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE seq > 0 AND seq <= ? ORDER BY seq LIMIT ${BATCH})`,
    base.count,
  );
}

function partToCut(
  sql: Sql,
  file: HeadFile,
  { before, atMost }: AuditLimit,
): { base: Head; end: Head } | null {
  const base = baseOf(sql);
  const last = headOf(sql);
  const sealed = file.read().head;
  if (sealed === null || headAt(sql, sealed.count)?.hash !== sealed.hash) return null;
  const beyond = last.count - atMost;
  const old = lastBefore(sql, base.count, last.count, before);
  const month = new Date(Date.parse(before) - MONTH_MS).toISOString();
  const isDue = beyond - base.count >= FEWEST_ROWS || old - base.count >= FEWEST_ROWS;
  if (!isDue && lastBefore(sql, base.count, last.count, month) === base.count) return null;
  const count = Math.min(Math.max(beyond, old), sealed.count - 1, base.count + MOST_ROWS);
  const end = count > base.count ? headAt(sql, count) : null;
  return end && { base, end };
}

/** The last row from before an instant, found by halves: rows are in the order of their time. */
function lastBefore(sql: Sql, first: number, last: number, before: string): number {
  const at = (seq: number): string =>
    sql.get<{ at: string }>(`SELECT json_extract(entry, '$.at') AS at FROM audit WHERE seq = ?`, seq)?.at ??
    '9';
  let [low, high] = [first, last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (at(middle) < before) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function* pages(database: Database, after: number, last: number) {
  for (let seq = after; seq < last; ) {
    const from = seq;
    const rows = (await database.read((sql) => rowsAfter(sql, from))).filter((row) => row.seq <= last);
    if (rows.length === 0) return;
    yield rows;
    seq = rows.at(-1)?.seq ?? last;
  }
}
