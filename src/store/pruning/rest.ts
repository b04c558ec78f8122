import type { Sql } from '../sql.js';

const BATCH = 500;
/** So many of an incident's last events are kept. */
const EVENTS_KEPT = 200;

const ARTIFACTS = `
  DELETE FROM artifacts WHERE seq IN (
    SELECT seq FROM artifacts INDEXED BY artifacts_deleted WHERE deleted_at < ? LIMIT ${BATCH})`;
const DELIVERIES = `
  DELETE FROM webhook_deliveries WHERE key IN (
    SELECT key FROM webhook_deliveries INDEXED BY webhook_deliveries_by_time WHERE at < ? LIMIT ${BATCH})`;
// What a destination that is still there was not told yet stays.
const EVENTS = `
  DELETE FROM alert_events WHERE seq IN (
    SELECT seq FROM alert_events WHERE incident = ?1 AND mark IS NULL
      AND seq <= (SELECT seq FROM alert_events WHERE incident = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ${EVENTS_KEPT})
      AND seq <= coalesce((SELECT min(told) FROM deliveries WHERE incident = ?1), 0)
    ORDER BY seq LIMIT ${BATCH})`;

/** Records of archives that were deleted before an instant. Those of archives that are there stay. */
export function forgetArtifacts(sql: Sql, before: string): number {
  return sql.run(ARTIFACTS, before);
}

/** Webhooks that were handled before an instant. */
export function forgetDeliveries(sql: Sql, before: string): number {
  return sql.run(DELIVERIES, before);
}

/** Earlier events of open incidents, which everybody was told of; their number stays with the incident. */
export function forgetEvents(sql: Sql): number {
  const open = sql.all<{ seq: number }>('SELECT seq FROM incidents WHERE resolved_at IS NULL');
  return open.reduce((sum, { seq }) => sum + sql.run(EVENTS, seq), 0);
}
