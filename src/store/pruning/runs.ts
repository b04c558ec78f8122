import { FINAL_STATES } from '../../core/model/run.js';
import type { Sql } from '../sql.js';

/** So many rows are looked at, and at most removed, in one transaction. */
const BATCH = 200;
/** After so many young ones in a row the rest is young too, whatever one clock that was wrong has written. */
const YOUNG_IN_A_ROW = 1000;

/** What is removed of what kind of runs. */
export interface Sweep {
  /** `begun`: runs that did something. `previews`: those that never began. `details`: plans, logs and journals. */
  readonly what: 'begun' | 'previews' | 'details';
  /** What is older goes, in ISO 8601. */
  readonly before: string;
  /** What is beyond so many goes. */
  readonly atMost: number;
}

/** How far a sweep has come. */
export interface SweepState {
  readonly after: number;
  /** What has a lower `seq` is beyond the number that is kept; null: not looked up yet. */
  readonly beyond: number | null;
  readonly young: number;
}

export const SWEEP_BEGIN: SweepState = { after: 0, beyond: null, young: 0 };

const FINAL = FINAL_STATES.map((state) => `'${state}'`).join(', ');
const OVER = `(state IN (${FINAL}) OR (state = 'planned' AND dry_run = 1))`;
const SOURCES = {
  begun: { from: 'runs INDEXED BY runs_begun', seq: 'seq', where: 'started_at IS NOT NULL' },
  previews: { from: 'runs INDEXED BY runs_not_begun', seq: 'seq', where: 'started_at IS NULL' },
  details: { from: 'plans JOIN runs ON runs.seq = plans.run', seq: 'plans.run', where: 'true' },
} as const;
const LISTED = 'IN (SELECT value FROM json_each(?))';

interface Candidate {
  readonly seq: number;
  readonly created_at: string;
  readonly over: number;
}

/** One step of a sweep: how far it has come, and how many rows it removed; null when there is nothing more to do. */
export function sweepStep(
  sql: Sql,
  { what, before, atMost }: Sweep,
  kept: ReadonlySet<number>,
  state: SweepState,
): { readonly state: SweepState; readonly removed: number } | null {
  const { from, seq, where } = SOURCES[what];
  const beyond =
    state.beyond ??
    sql.get<{ seq: number }>(
      `SELECT ${seq} AS seq FROM ${what === 'details' ? 'plans' : from} WHERE ${where} ORDER BY ${seq} DESC LIMIT 1 OFFSET ?`,
      atMost,
    )?.seq ??
    0;
  const rows = sql.all<Candidate>(
    `SELECT ${seq} AS seq, created_at, ${OVER} AS over FROM ${from} WHERE ${where} AND ${seq} > ? ORDER BY ${seq} LIMIT ${BATCH}`,
    state.after,
  );
  const last = rows.at(-1);
  if (!last || state.young >= YOUNG_IN_A_ROW) return null;
  const isOld = (row: Candidate): boolean => row.created_at < before || row.seq <= beyond;
  const doomed = rows
    .filter((row) => row.over === 1 && isOld(row) && !kept.has(row.seq))
    .map((row) => row.seq);
  if (doomed.length > 0) remove(sql, what, JSON.stringify(doomed));
  const young = rows.some(isOld) ? 0 : state.young + rows.length;
  return { state: { after: last.seq, beyond, young }, removed: doomed.length };
}

function remove(sql: Sql, what: Sweep['what'], list: string): void {
  for (const table of ['journal', 'logs', 'plans']) sql.run(`DELETE FROM ${table} WHERE run ${LISTED}`, list);
  if (what !== 'details') sql.run(`DELETE FROM runs WHERE seq ${LISTED}`, list);
}
