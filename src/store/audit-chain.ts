import type { AuditEntry } from '../core/model/audit.js';
import { actorRef } from '../core/model/request.js';
import { canonicalJson, sha256 } from '../core/text/canonical.js';

/** How far a trail goes: its number of rows, which is the last row's seq, and that row's hash. */
export interface Head {
  readonly count: number;
  readonly hash: string;
}

/** The head of a trail without rows; its hash is what the first row follows. */
export const EMPTY_HEAD: Head = { count: 0, hash: '0'.repeat(64) };

/** A row as it is stored; `entry` is the entry's canonical JSON, the text that the hash covers. */
export interface ChainedRow {
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly entry: string;
}

/** The row that comes after `head`. */
export function nextRow(head: Head, entry: AuditEntry): ChainedRow {
  const { at, event, actor, source, runId, intent, detail } = entry;
  const text = canonicalJson({ at, event, actor: actorRef(actor), source, runId, intent, detail });
  return { seq: head.count + 1, previousHash: head.hash, hash: sha256(head.hash + text), entry: text };
}

export interface Problem {
  readonly seq: number;
  readonly problem: string;
}

/** What is wrong with `row` as the one that comes after `previous`. */
export function problemsOf(previous: Head, row: ChainedRow): Problem[] {
  const problems: Problem[] = [];
  const expected = previous.count + 1;
  if (row.seq > expected) {
    problems.push({ seq: expected, problem: `${missingRows(expected, row.seq - 1)}.` });
  } else if (row.seq < expected) {
    problems.push({
      seq: row.seq,
      problem: `Row ${row.seq} does not belong here: rows are numbered from 1.`,
    });
  } else if (row.previousHash !== previous.hash) {
    const problem = `Row ${row.seq} does not follow ${
      previous.count === 0 ? 'the start of the trail' : `row ${previous.count}`
    }: a row was replaced or moved.`;
    problems.push({ seq: row.seq, problem });
  }
  if (sha256(row.previousHash + row.entry) !== row.hash) {
    problems.push({
      seq: row.seq,
      problem: `Row ${row.seq} was edited: its content does not match its hash.`,
    });
  }
  return problems;
}

/** `Row 5 is missing`, `Rows 5 to 7 are missing`. */
export function missingRows(first: number, last: number): string {
  return first === last ? `Row ${first} is missing` : `Rows ${first} to ${last} are missing`;
}
