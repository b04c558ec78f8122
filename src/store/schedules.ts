import type { Notice, ReasonCode } from '../core/model/reasons.js';
import type { ActorRef } from '../core/model/request.js';
import type { RunState } from '../core/model/run.js';
import type { ScheduleTie } from '../core/model/schedule-tie.js';
import {
  type Claim,
  DUES_KEPT,
  type Due,
  type ScheduleState,
  type ScheduleStore,
} from '../core/ports/schedule-store.js';
import type { AuditTrail } from './audit-trail.js';
import { auditedWrite } from './audited-write.js';
import { raiseAlert } from './incident-events.js';
import { parseJson } from './json.js';
import type { Sql } from './sql.js';
import type { Database } from './sqlite-database.js';

const ORPHAN = 'due_times.owner NOT IN (SELECT id FROM owners)';
const DUES = `
  SELECT due_times.*, ${ORPHAN} AS orphan, runs.state, runs.dry_run, runs.created_at, runs.started_at,
    runs.finished_at, json_extract(runs.outcome, '$.reason') AS reason,
    json_extract(runs.outcome, '$.successor') AS successor
  FROM due_times LEFT JOIN runs ON runs.id = due_times.run_id`;
const INSERT = `
  INSERT INTO due_times (schedule, due, by_hand, queue, open, owner, run_id, attempts, notice)
  VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`;
const TRIM = `
  DELETE FROM due_times WHERE schedule = ? AND open = 0 AND id <=
    (SELECT id FROM due_times WHERE schedule = ? ORDER BY id DESC LIMIT 1 OFFSET ${DUES_KEPT})`;
const MOVE = `
  UPDATE schedules SET cursor = ?, missed = missed + ?, missed_at = coalesce(?, missed_at), skipped = skipped + ?
  WHERE name = ? AND cursor = ? AND paused IS NULL`;
const ADOPT = `
  INSERT INTO schedules (name, timing, cursor, missed, skipped) VALUES (?, ?, ?, 0, 0)
  ON CONFLICT (name) DO UPDATE SET timing = excluded.timing, cursor = excluded.cursor
  WHERE schedules.timing <> excluded.timing`;
const PAUSE = `
  INSERT INTO schedules (name, timing, cursor, missed, skipped, paused) VALUES (?, '', ?, 0, 0, ?)
  ON CONFLICT (name) DO UPDATE SET paused = excluded.paused WHERE schedules.paused IS NULL`;

export function scheduleStore(database: Database, trail: AuditTrail): ScheduleStore {
  const audited = auditedWrite(database, trail);
  const write = async (text: string, ...values: (string | number | null)[]): Promise<void> => {
    await database.write((sql) => sql.run(text, ...values));
  };
  return {
    async states() {
      const rows = await database.read((sql) => sql.all<StateRow>('SELECT * FROM schedules ORDER BY name'));
      return rows.map(stateOf);
    },

    adopt: (name, timing, cursor) => write(ADOPT, name, timing, cursor),

    retire: (names, notice) =>
      database.write((sql) => {
        for (const name of names) {
          sql.run("UPDATE schedules SET timing = '' WHERE name = ?", name);
          const drop =
            'UPDATE due_times SET open = 0, notice = ? WHERE schedule = ? AND open = 1 AND run_id IS NULL';
          sql.run(drop, JSON.stringify(notice), name);
        }
      }),

    claim: (claims, owner) =>
      database.write((sql) => claims.flatMap((claim) => (take(sql, claim, owner) ? [claim.schedule] : []))),

    async open() {
      const rows = await database.read((sql) =>
        sql.all<DueRow>(`${DUES} WHERE open = 1 ORDER BY due, due_times.id`),
      );
      return rows.map(dueOf);
    },

    takeOver: (owner) => write(`UPDATE due_times SET owner = ? WHERE open = 1 AND ${ORPHAN}`, owner),

    again: (id, runId, cutOff) =>
      write(
        'UPDATE due_times SET run_id = NULL, attempts = attempts + ? WHERE id = ? AND run_id = ? AND open = 1',
        Number(cutOff),
        id,
        runId,
      ),

    follow: (id, runId, successor) =>
      write(
        'UPDATE due_times SET run_id = ?, attempts = attempts + 1 WHERE id = ? AND run_id = ? AND open = 1',
        successor,
        id,
        runId,
      ),

    settle: (id, notice, alert) =>
      database.write((sql) => {
        const close = 'UPDATE due_times SET open = 0, notice = ? WHERE id = ? AND open = 1';
        const closed = sql.run(close, notice && JSON.stringify(notice), id);
        if (closed === 1 && alert) raiseAlert(sql, alert);
      }),

    pause: (name, paused, audit) =>
      audited(audit, (sql) => sql.run(PAUSE, name, paused.at, JSON.stringify(paused)) === 1),

    resume(name, cursor, audit) {
      const resume = 'UPDATE schedules SET paused = NULL, cursor = ? WHERE name = ? AND paused IS NOT NULL';
      return audited(audit, (sql) => sql.run(resume, cursor, name) === 1);
    },

    async newest() {
      const newest = `${DUES} WHERE due_times.id IN (SELECT max(id) FROM due_times GROUP BY schedule)`;
      const rows = await database.read((sql) => sql.all<DueRow>(newest));
      return rows.map(dueOf);
    },
  };
}

/**
 * Ties a run that is being recorded to the time that it is for, in the same transaction. False when that time has a
 * run already, or needs none any more.
 */
export function tieToDue(
  sql: Sql,
  { name, due }: ScheduleTie,
  run: { id: string; createdAt: string },
): boolean {
  if (due === null) {
    sql.run(INSERT, name, run.createdAt, 1, 0, 0, null, run.id, null);
    return true;
  }
  const tie = 'UPDATE due_times SET run_id = ? WHERE id = ? AND run_id IS NULL AND open = 1';
  return sql.run(tie, run.id, due) === 1;
}

function take(sql: Sql, claim: Claim, owner: string): boolean {
  const { schedule, from, to, begin, skipped, missed, alert } = claim;
  const moved = sql.run(MOVE, to, missed?.count ?? 0, missed?.at ?? null, skipped.length, schedule, from);
  if (moved === 0) return false;
  for (const { due, queue } of begin) sql.run(INSERT, schedule, due, 0, Number(queue), 1, owner, null, null);
  for (const { due, notice } of skipped) {
    sql.run(INSERT, schedule, due, 0, 0, 0, null, null, JSON.stringify(notice));
  }
  sql.run(TRIM, schedule, schedule);
  if (alert) raiseAlert(sql, alert);
  return true;
}

interface StateRow {
  readonly name: string;
  readonly timing: string;
  readonly cursor: string;
  readonly paused: string | null;
  readonly missed: number;
  readonly missed_at: string | null;
  readonly skipped: number;
}

function stateOf({ paused, missed_at, ...row }: StateRow): ScheduleState {
  const place = `The pause of the schedule ${row.name} in the database`;
  return {
    ...row,
    missedAt: missed_at,
    paused: paused === null ? null : (parseJson(paused, place) as unknown as { by: ActorRef; at: string }),
  };
}

interface DueRow {
  readonly id: number;
  readonly schedule: string;
  readonly due: string;
  readonly by_hand: number;
  readonly queue: number;
  readonly open: number;
  readonly owner: string | null;
  readonly orphan: number | null;
  readonly run_id: string | null;
  readonly attempts: number;
  readonly notice: string | null;
  readonly state: RunState | null;
  readonly dry_run: number | null;
  readonly created_at: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly reason: ReasonCode | null;
  readonly successor: string | null;
}

function dueOf(row: DueRow): Due {
  const { id, schedule, due, owner, attempts, notice } = row;
  const place = `A time of the schedule ${schedule} in the database`;
  return {
    id,
    schedule,
    due,
    owner,
    attempts,
    byHand: row.by_hand === 1,
    queue: row.queue === 1,
    open: row.open === 1,
    orphan: row.orphan === 1,
    notice: notice === null ? null : (parseJson(notice, place) as unknown as Notice),
    run: runOf(row),
  };
}

function runOf(row: DueRow): Due['run'] {
  const { run_id: id, state, created_at: createdAt } = row;
  if (id === null || state === null || createdAt === null) return null;
  const { dry_run, started_at: startedAt, finished_at: finishedAt, reason, successor } = row;
  return { id, state, dryRun: dry_run === 1, createdAt, startedAt, finishedAt, reason, successor };
}
