import { RUN_STATES } from '../core/model/run.js';
import type { RunFilter } from '../core/ports/store.js';
import { SUMMARY_COLUMNS } from './run-row.js';
import type { SqlValue } from './sql.js';

const MOST = 1_000_000;

/**
 * The statement for a list of runs, newest first. A filtered list takes the newest `limit` of each state
 * through an index that begins with the filter's columns, and then the newest of these: whatever is asked
 * for, no more than `limit` rows for each state are read and sorted, out of a million too.
 */
export function listStatement(filter: RunFilter): { sql: string; values: SqlValue[] } {
  const limit = Math.max(0, Math.min(Math.floor(filter.limit), MOST));
  const conditions = conditionsOf(filter);
  if (!filter.states && conditions.length === 0) {
    return { sql: `SELECT ${SUMMARY_COLUMNS} FROM runs ORDER BY seq DESC LIMIT ?`, values: [limit] };
  }
  const states = [...new Set(filter.states ?? RUN_STATES)];
  const where = ['state = ?', ...conditions.map(({ sql }) => sql)].join(' AND ');
  const newest = `SELECT seq FROM (SELECT seq FROM runs WHERE ${where} ORDER BY seq DESC LIMIT ?)`;
  const branches = states.length === 0 ? 'SELECT NULL' : states.map(() => newest).join(' UNION ALL ');
  return {
    sql: `SELECT ${SUMMARY_COLUMNS} FROM runs WHERE seq IN (${branches}) ORDER BY seq DESC LIMIT ?`,
    values: [
      ...states.flatMap((state) => [state, ...conditions.flatMap(({ values }) => values), limit]),
      limit,
    ],
  };
}

function conditionsOf(filter: RunFilter): { sql: string; values: SqlValue[] }[] {
  const { intent, owner, unreportedBy, expiredAt } = filter;
  return [
    ...(intent === undefined ? [] : [{ sql: 'intent = ?', values: [intent] }]),
    ...(owner === undefined ? [] : [{ sql: 'owner = ?', values: [owner] }]),
    // The literal 0 lets SQLite use the index that holds unreported runs only.
    ...(unreportedBy === undefined
      ? []
      : [{ sql: 'shown_surface = ? AND reported = 0', values: [unreportedBy] }]),
    ...(expiredAt === undefined ? [] : [{ sql: 'expires_at <= ?', values: [expiredAt] }]),
  ];
}
