import { type ChainedRow, EMPTY_HEAD, type Head } from './audit-chain.js';
import type { Sql } from './sql.js';

const COLUMNS = 'seq, previous_hash AS previousHash, hash, entry';
const PAGE = 1000;

/** The next rows after a seq in order, at most a page of them; empty at the end. */
export function rowsAfter(sql: Sql, seq: number): readonly ChainedRow[] {
  const select = `SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`;
  return sql.all<ChainedRow>(select, seq);
}

export function newestRows(sql: Sql, limit: number): readonly ChainedRow[] {
  return sql.all<ChainedRow>(`SELECT ${COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?`, limit);
}

export function headOf(sql: Sql): Head {
  const last = sql.get<Pick<ChainedRow, 'seq' | 'hash'>>(
    'SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1',
  );
  return last ? { count: last.seq, hash: last.hash } : baseOf(sql);
}

/** Where the rows in the database begin: the last one that was cut off. */
export function baseOf(sql: Sql): Head {
  const cut = sql.get<Head>('SELECT last AS count, hash FROM audit_cuts ORDER BY last DESC LIMIT 1');
  return cut ?? EMPTY_HEAD;
}

/** Rows that were moved into a file. */
export interface Cut {
  readonly first: number;
  readonly last: number;
  /** Of the last one. */
  readonly hash: string;
  readonly file: string;
}

/** What was moved into files, in order. */
export function cutsOf(sql: Sql): readonly Cut[] {
  return sql.all<Cut>('SELECT first, last, hash, file FROM audit_cuts ORDER BY last');
}

/** The trail up to its row `count`; null when it has no such row, or no longer in the database. */
export function headAt(sql: Sql, count: number): Head | null {
  const base = baseOf(sql);
  if (count === base.count) return base;
  return sql.get<Head>('SELECT seq AS count, hash FROM audit WHERE seq = ?', count) ?? null;
}

export function addRow(sql: Sql, { seq, previousHash, hash, entry }: ChainedRow): void {
  const insert = 'INSERT INTO audit (seq, previous_hash, hash, entry) VALUES (?, ?, ?, ?)';
  sql.run(insert, seq, previousHash, hash, entry);
}
