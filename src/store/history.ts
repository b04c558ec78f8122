import type { RunState } from '../core/model/run.js';
import {
  type HistoryStore,
  OPEN_STATES,
  type OpenState,
  PAST_KEPT,
  type PastPart,
} from '../core/ports/history.js';
import { parseJson } from './json.js';
import type { Database } from './sqlite-database.js';

const ADD = `
  INSERT INTO past_parts
    (intent, step, run_id, finished_at, took_ms, steps_ms, work_bytes, artifact_bytes, origin)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const TRIM = `
  DELETE FROM past_parts WHERE intent = ? AND step = ? AND origin IS ? AND seq <= (
    SELECT seq FROM past_parts WHERE intent = ? AND step = ? AND origin IS ? ORDER BY seq DESC LIMIT 1 OFFSET ?)`;
const COLUMNS = 'intent, step, run_id, finished_at, took_ms, steps_ms, work_bytes, artifact_bytes';
const PAST = `SELECT ${COLUMNS} FROM past_parts WHERE origin IN (?, ?) ORDER BY seq DESC LIMIT ?`;
const LEGACY = `
  SELECT ${COLUMNS} FROM past_parts WHERE intent = ? AND step = ? AND origin IS NULL ORDER BY seq DESC`;
const NEWEST = `
  SELECT ${COLUMNS} FROM past_parts WHERE seq IN (SELECT max(seq) FROM past_parts GROUP BY intent, step)`;
const OPEN = OPEN_STATES.map(
  (state) => `(SELECT count(*) FROM runs WHERE state = '${state}') AS ${state}`,
).join(', ');
// The conditions are those of the index, to the letter: only then can SQLite use it.
const LAST_ENDS = `
  SELECT wanted.value AS intent, (
    SELECT state FROM runs INDEXED BY runs_ended
    WHERE intent = wanted.value AND dry_run = 0
      AND state IN ('succeeded', 'failed', 'rolled_back', 'interrupted', 'refused')
    ORDER BY seq DESC LIMIT 1) AS state
  FROM json_each(?) AS wanted`;

export function historyStore(database: Database): HistoryStore {
  return {
    async add(intent, step, past, origin = null) {
      const { runId, finishedAt, tookMs, stepsMs, workBytes, artifactBytes } = past;
      const values = [runId, finishedAt, tookMs, JSON.stringify(stepsMs), workBytes, artifactBytes];
      await database.write((sql) => {
        sql.run(ADD, intent, step, ...values, origin);
        sql.run(TRIM, intent, step, origin, intent, step, origin, PAST_KEPT);
      });
    },

    async past({ key, before }, legacy) {
      const rows = await database.read((sql) => {
        const own = sql.all<PastRow>(PAST, key, before, PAST_KEPT);
        return own.length > 0 || !legacy ? own : sql.all<PastRow>(LEGACY, legacy.intent, legacy.part);
      });
      return rows.map(pastOf);
    },

    async open() {
      const counts = await database.read((sql) => sql.get<Record<OpenState, number>>(`SELECT ${OPEN}`));
      const { awaiting = 0, queued = 0, running = 0 } = counts ?? {};
      return { awaiting, queued, running };
    },

    async newest() {
      const rows = await database.read((sql) => sql.all<PastRow>(NEWEST));
      return rows.map((row) => ({ ...pastOf(row), intent: row.intent, step: row.step }));
    },

    async lastEnds(intents) {
      const rows = await database.read((sql) =>
        sql.all<{ intent: string; state: RunState | null }>(LAST_ENDS, JSON.stringify(intents)),
      );
      return new Map(rows.flatMap(({ intent, state }) => (state === null ? [] : [[intent, state] as const])));
    },
  };
}

interface PastRow {
  readonly intent: string;
  readonly step: number;
  readonly run_id: string;
  readonly finished_at: string;
  readonly took_ms: number;
  readonly steps_ms: string;
  readonly work_bytes: number;
  readonly artifact_bytes: number;
}

function pastOf(row: PastRow): PastPart {
  return {
    runId: row.run_id,
    finishedAt: row.finished_at,
    tookMs: row.took_ms,
    stepsMs: parseJson(row.steps_ms, `What the history of ${row.intent} holds in the database`),
    workBytes: row.work_bytes,
    artifactBytes: row.artifact_bytes,
  };
}
