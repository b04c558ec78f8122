import type { Sql } from '../sql.js';

/** So many runs of an intent that ended early are kept for those who want to resume or roll them back. */
const RESUMABLE_KEPT = 3;
/** So many of an open incident's last events name runs that are kept. */
const EVENTS_KEPT = 20;
/** Links from a run to earlier ones are followed so far. */
const DEPTH = 20;

// One look into the index for each intent, not one for each run.
const INTENTS = `
  WITH RECURSIVE names (name) AS (
    SELECT min(intent) FROM runs
    UNION ALL SELECT (SELECT min(intent) FROM runs WHERE intent > name) FROM names WHERE name IS NOT NULL
  ) SELECT name FROM names WHERE name IS NOT NULL`;
const GOOD = `SELECT seq FROM runs WHERE intent = ? AND state = 'succeeded' ORDER BY seq DESC LIMIT 1`;
const ENDED_EARLY = ['failed', 'rolled_back', 'cancelled', 'interrupted', 'plan_changed', 'refused']
  .map(
    (state) => `SELECT seq FROM (
      SELECT seq FROM runs WHERE intent = ?1 AND state = '${state}' AND seq > ?2 ORDER BY seq DESC LIMIT ${RESUMABLE_KEPT})`,
  )
  .join(' UNION ALL ');
const OF_INCIDENTS = `
  SELECT runs.seq FROM incidents JOIN runs ON runs.id IN (
    SELECT run_id FROM alert_events WHERE incident = incidents.seq AND run_id IS NOT NULL
    ORDER BY seq DESC LIMIT ${EVENTS_KEPT})
  WHERE resolved_at IS NULL`;
const LINKS = `
  SELECT seq FROM runs WHERE id IN (
    SELECT json_extract(plan, '$.resumes') FROM plans WHERE run = ?1
    UNION SELECT json_extract(plan, '$.undoes') FROM plans WHERE run = ?1
    UNION SELECT json_extract(value, '$.doneIn') FROM plans, json_each(plan, '$.graph.nodes') WHERE run = ?1)`;

/** The intents that have runs. */
export function intentsWithRuns(sql: Sql): readonly string[] {
  return sql.all<{ name: string }>(INTENTS).map(({ name }) => name);
}

/**
 * Runs of an intent that outlive their time: the last good one, and the last that ended early since, which can still be
 * resumed or rolled back, with the runs that these go back to.
 */
export function keptOfIntent(sql: Sql, intent: string): readonly number[] {
  const good = sql.get<{ seq: number }>(GOOD, intent)?.seq ?? 0;
  const early = sql.all<{ seq: number }>(ENDED_EARLY, intent, good).map(({ seq }) => seq);
  const found = new Set(good === 0 ? early : [good, ...early]);
  let latest = early;
  for (let depth = 0; depth < DEPTH && latest.length > 0; depth += 1) {
    const linked = latest.flatMap((run) => sql.all<{ seq: number }>(LINKS, run).map(({ seq }) => seq));
    latest = linked.filter((seq) => !found.has(seq));
    for (const seq of latest) found.add(seq);
  }
  return [...found];
}

/** Runs that open incidents tell of. */
export function keptOfIncidents(sql: Sql): readonly number[] {
  return sql.all<{ seq: number }>(OF_INCIDENTS).map(({ seq }) => seq);
}
