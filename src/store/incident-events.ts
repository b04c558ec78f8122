import { isTrouble, type NewAlert, type NewAlertEvent, type Subject } from '../core/model/incident.js';
import { isDown, type LeftDown, merged } from '../core/model/left-down.js';
import { incidentId } from './incident-row.js';
import { parseJson } from './json.js';
import type { Sql } from './sql.js';

/**
 * Opens, continues or ends the subject's incident. Call it inside the write that the alert is about, so that
 * neither can be without the other. The write lock makes it one incident, however many processes raise.
 */
export function raiseAlert(sql: Sql, { subject, event, left = [] }: NewAlert): void {
  const select = 'SELECT seq FROM incidents WHERE key = ? AND resolved_at IS NULL';
  const open = sql.get<{ seq: number }>(select, subject.key)?.seq;
  if (open === undefined && !isTrouble(event.kind)) return;
  const incident = open ?? openIncident(sql, subject, event.at);
  addEvent(sql, incident, event);
  const about = merged(aboutOf(sql, incident), left);
  if (left.length > 0)
    sql.run('UPDATE incidents SET about = ? WHERE seq = ?', JSON.stringify(about), incident);
  if (event.kind === 'recovered' && !about.some(isDown)) {
    sql.run('UPDATE incidents SET resolved_at = ? WHERE seq = ?', event.at, incident);
  }
}

/** Adds an event to an incident that is there, and counts it. */
export function addEvent(sql: Sql, incident: number, event: NewAlertEvent): void {
  const { kind, at, runId, reason, by, text, mark } = event;
  const before = mark === null ? 0 : takeMarked(sql, incident, mark);
  sql.run(
    `INSERT INTO alert_events (incident, kind, at, run_id, reason, actor, text, count, mark)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    incident,
    kind,
    at,
    runId,
    reason,
    by && JSON.stringify(by),
    JSON.stringify(text),
    before + event.count,
    mark,
  );
  const trouble = isTrouble(kind) ? [event.count, at] : [0, null];
  const update =
    'UPDATE incidents SET newest = last_insert_rowid(), count = count + ?, last_at = coalesce(?, last_at) WHERE seq = ?';
  sql.run(update, ...trouble, incident);
}

function aboutOf(sql: Sql, incident: number): readonly LeftDown[] {
  const row = sql.get<{ about: string }>('SELECT about FROM incidents WHERE seq = ?', incident);
  return parseJson(row?.about ?? '[]', `Incident ${incidentId(incident)} in the database`);
}

/** Removes the event that the new one takes the place of; returns its count. */
function takeMarked(sql: Sql, incident: number, mark: string): number {
  const select = 'SELECT seq, count FROM alert_events WHERE incident = ? AND mark = ?';
  const old = sql.get<{ seq: number; count: number }>(select, incident, mark);
  if (old === undefined) return 0;
  sql.run('DELETE FROM alert_events WHERE seq = ?', old.seq);
  return old.count;
}

/** With the last success before it, which no later run can change: a success would end the incident. */
function openIncident(sql: Sql, { key, intent }: Subject, at: string): number {
  const good = intent === null ? undefined : lastGood(sql, intent.name);
  sql.run(
    `INSERT INTO incidents (key, intent, opened_at, last_at, count, newest, good_at, good_checked)
     VALUES (?, ?, ?, ?, 0, 0, ?, ?)`,
    key,
    intent && JSON.stringify(intent),
    at,
    at,
    good?.at ?? null,
    good?.checked ?? null,
  );
  return sql.get<{ seq: number }>('SELECT last_insert_rowid() AS seq')?.seq ?? 0;
}

function lastGood(sql: Sql, intent: string): { at: string; checked: number } | undefined {
  return sql.get(
    `SELECT finished_at AS at, EXISTS (
       SELECT 1 FROM artifacts
       WHERE artifacts.intent = ? AND run_id = runs.id AND deleted_at IS NULL AND verified_level <> 'none'
     ) AS checked
     FROM runs WHERE intent = ? AND state = 'succeeded' AND finished_at IS NOT NULL ORDER BY seq DESC LIMIT 1`,
    intent,
    intent,
  );
}
