import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditVerdict } from '../core/model/audit.js';
import {
  type ChainedRow,
  EMPTY_HEAD,
  type Head,
  missingRows,
  type Problem,
  problemsOf,
} from './audit-chain.js';
import { FOLDER, readRows } from './audit-files.js';
import type { HeadFile, SealedHead } from './audit-head.js';
import { outcomeCheck } from './audit-outcomes.js';
import { type Cut, cutsOf, rowsAfter } from './audit-rows.js';
import { fileReason } from './data-dir.js';
import type { Database } from './sqlite-database.js';

/** More problems than this tell nobody more. */
const MOST_PROBLEMS = 1000;

/**
 * Walks the whole trail, and compares how runs ended by it with how they ended by the history; a page at a time, with the event loop free in between. The head file is read first:
 * rows that other processes append meanwhile come after it and are checked like all the others.
 */
export async function verifyTrail(
  database: Database,
  file: HeadFile,
  dataDir: string,
): Promise<AuditVerdict> {
  const sealed = file.read();
  const problems: Problem[] = [];
  const outcomes = outcomeCheck();
  let rows = 0;
  let previous: Head = EMPTY_HEAD;
  const walk = async (page: readonly ChainedRow[]): Promise<void> => {
    for (const row of page) {
      problems.push(...problemsOf(previous, row), ...replaced(sealed, row));
      if (row.seq > previous.count) previous = { count: row.seq, hash: row.hash };
    }
    await database.read((sql) => outcomes.compare(sql, page));
    rows += page.length;
    await nextTurn();
  };

  for (const cut of await database.read(cutsOf)) {
    problems.push(...(await walkFile(dataDir, cut, walk)));
    const end = { count: cut.last, hash: cut.hash };
    if (previous.count !== end.count || previous.hash !== end.hash) {
      const problem = `${pathOf(cut)} does not end with row ${cut.last} as it was moved there.`;
      problems.push({ seq: cut.last, problem });
      previous = end;
    }
  }
  let after = previous.count > 0 ? previous.count : Number.MIN_SAFE_INTEGER;
  for (;;) {
    const from = after;
    const page = await database.read((sql) => rowsAfter(sql, from));
    const last = page.at(-1)?.seq;
    // A planted number beyond what a double holds would come again for ever.
    if (last === undefined || last === from) break;
    await walk(page);
    after = last;
  }
  problems.push(...problemsAtEnd(sealed, previous), ...outcomes.end());
  return { rows, problems: shortened(problems) };
}

/** The rows that were moved into a file, as part of the trail. */
async function walkFile(
  dataDir: string,
  cut: Cut,
  walk: (page: readonly ChainedRow[]) => Promise<void>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  try {
    for await (const page of readRows(dataDir, cut.file)) {
      const rows = page.filter((row) => row !== null);
      if (rows.length < page.length) {
        problems.push({ seq: cut.first, problem: `${pathOf(cut)} was edited: a line of it is no row.` });
      }
      await walk(rows);
    }
  } catch (error) {
    const problem = `${missingRows(cut.first, cut.last)}: ${pathOf(cut)} can’t be read: ${fileReason(error)}.`;
    problems.push({ seq: cut.first, problem });
  }
  return problems;
}

function pathOf({ file }: Cut): string {
  return `${FOLDER}/${file}`;
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
