import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditVerdict } from '../core/store.js';
import {
  type ChainedRow,
  EMPTY_HEAD,
  type Head,
  missingRows,
  type Problem,
  problemsOf,
} from './audit-chain.js';
import type { HeadFile, SealedHead } from './audit-head.js';
import { outcomeCheck } from './audit-outcomes.js';
import { rowsAfter } from './audit-rows.js';
import type { Database } from './sqlite-database.js';

/** More problems than this tell nobody more. */
const MOST_PROBLEMS = 1000;

/**
 * Walks the whole trail, and compares how runs ended by it with how they ended by the history; a page at a time, with the event loop free in between. The head file is read first:
 * rows that other processes append meanwhile come after it and are checked like all the others.
 */
export async function verifyTrail(database: Database, file: HeadFile): Promise<AuditVerdict> {
  const sealed = file.read();
  const problems: Problem[] = [];
  const outcomes = outcomeCheck();
  let rows = 0;
  let previous: Head = EMPTY_HEAD;
  let page: readonly ChainedRow[] = await database.read((sql) => rowsAfter(sql, Number.MIN_SAFE_INTEGER));
  while (page.length > 0) {
    for (const row of page) {
      problems.push(...problemsOf(previous, row), ...replaced(sealed, row));
      if (row.seq > previous.count) previous = { count: row.seq, hash: row.hash };
    }
    const read = page;
    problems.push(...(await database.read((sql) => outcomes.compare(sql, read))));
    rows += page.length;
    await nextTurn();
    const after = page.at(-1)?.seq ?? previous.count;
    page = await database.read((sql) => rowsAfter(sql, after));
    // A planted number beyond what a double holds would come again for ever.
    if (page.at(-1)?.seq === after) break;
  }
  problems.push(...problemsAtEnd(sealed, previous), ...outcomes.end());
  return { rows, problems: shortened(problems) };
}

function replaced({ head }: SealedHead, row: ChainedRow): Problem[] {
  if (head?.count !== row.seq || head.hash === row.hash) return [];
  const problem = `Row ${row.seq} is not the row that audit.head was written for: the trail was rewritten, or audit.head was edited.`;
  return [{ seq: row.seq, problem }];
}

function problemsAtEnd(sealed: SealedHead, last: Head): Problem[] {
  if (!sealed.head) {
    const problem = `${sealed.problem} Rows that were cut off at the end can’t be noticed without it.`;
    return [{ seq: last.count, problem }];
  }
  const { count, hash } = sealed.head;
  if (count > last.count) {
    const problem = `${missingRows(last.count + 1, count)} at the end: audit.head counts ${count}.`;
    return [{ seq: last.count + 1, problem }];
  }
  if (count === 0 && hash !== EMPTY_HEAD.hash) {
    return [{ seq: 0, problem: 'audit.head was edited: it counts no row, but has a row’s hash.' }];
  }
  return [];
}

function shortened(problems: readonly Problem[]): readonly Problem[] {
  const next = problems[MOST_PROBLEMS];
  if (!next) return problems;
  const problem = `${problems.length - MOST_PROBLEMS} more problems from here on.`;
  return [...problems.slice(0, MOST_PROBLEMS), { seq: next.seq, problem }];
}
