import type { AlertEvent, Incident } from '../core/model/incident.js';
import { parseJson, parseJsonOrNull } from './json.js';

export interface IncidentRow {
  readonly seq: number;
  readonly key: string;
  readonly intent: string | null;
  readonly opened_at: string;
  readonly last_at: string;
  readonly count: number;
  readonly newest: number;
  readonly good_at: string | null;
  readonly good_checked: number | null;
  readonly about: string;
  readonly acknowledged: string | null;
  readonly muted: string | null;
  readonly resolved_at: string | null;
  readonly resolved_by: string | null;
}

export interface EventRow {
  readonly seq: number;
  readonly kind: AlertEvent['kind'];
  readonly at: string;
  readonly run_id: string | null;
  readonly reason: string;
  readonly actor: string | null;
  readonly text: string;
  readonly count: number;
  readonly mark: string | null;
}

const PREFIX = 'i-';

export function incidentId(seq: number): string {
  return `${PREFIX}${seq}`;
}

/** 0, which no incident has, for what is no id. */
export function seqOf(id: string): number {
  return /^i-\d{1,15}$/.test(id) ? Number(id.slice(PREFIX.length)) : 0;
}

export function incidentOf(row: IncidentRow): Incident {
  const id = incidentId(row.seq);
  const place = `Incident ${id} in the database`;
  return {
    id,
    key: row.key,
    intent: parseJsonOrNull(row.intent, place),
    openedAt: row.opened_at,
    lastAt: row.last_at,
    count: row.count,
    newest: row.newest,
    lastGood: row.good_at === null ? null : { at: row.good_at, checked: row.good_checked === 1 },
    about: parseJson(row.about, place),
    acknowledged: parseJsonOrNull(row.acknowledged, place),
    muted: parseJsonOrNull(row.muted, place),
    resolved:
      row.resolved_at === null ? null : { at: row.resolved_at, by: parseJsonOrNull(row.resolved_by, place) },
  };
}

export function eventOf(row: EventRow): AlertEvent {
  const { seq, kind, at, reason, count, mark } = row;
  const place = `Alert event ${seq} in the database`;
  return {
    seq,
    kind,
    at,
    runId: row.run_id,
    reason,
    by: parseJsonOrNull(row.actor, place),
    text: parseJson(row.text, place),
    count,
    mark,
  };
}
