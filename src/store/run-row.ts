import type { Consent } from '../core/model/consent.js';
import type { Plan } from '../core/model/plan.js';
import { type ActorRef, actorRef } from '../core/model/request.js';
import type { Run, RunPatch, RunSummary } from '../core/model/run.js';
import { parseJson, parseJsonOrNull } from './json.js';
import type { SqlValue } from './sql.js';

/** Columns of `runs` that a {@link RunSummary} needs. */
export const SUMMARY_COLUMNS =
  'runs.seq, id, intent, action, stack, params, actor, source, dry_run, state, created_at, expires_at, ' +
  'decided_by, queued_at, started_at, finished_at, owner, outcome, shown, reported, ' +
  'stop_requested_by, previous, consent';

export interface SummaryRow {
  readonly seq: number;
  readonly id: string;
  readonly intent: string;
  readonly action: Run['action'];
  readonly stack: string;
  readonly params: string;
  readonly actor: string;
  readonly source: Run['source'];
  readonly dry_run: number;
  readonly state: Run['state'];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly decided_by: string | null;
  readonly queued_at: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly owner: string | null;
  readonly outcome: string | null;
  readonly shown: string | null;
  readonly reported: number;
  readonly stop_requested_by: string | null;
  readonly previous: string | null;
  readonly consent: string | null;
}

export interface RunRow extends SummaryRow {
  readonly progress: string | null;
  /** Null: it was removed, because it has outlived its time. */
  readonly plan: string | null;
}

export function summaryOf(row: SummaryRow): RunSummary {
  const place = `Run ${row.id} in the database`;
  return {
    id: row.id,
    intent: row.intent,
    action: row.action,
    stack: row.stack,
    params: parseJson(row.params, place),
    actor: parseJson(row.actor, place),
    source: row.source,
    dryRun: row.dry_run === 1,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedBy: parseJsonOrNull(row.decided_by, place),
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    owner: row.owner,
    outcome: parseJsonOrNull(row.outcome, place),
    shown: parseJsonOrNull(row.shown, place),
    reported: row.reported === 1,
    stopRequestedBy: parseJsonOrNull(row.stop_requested_by, place),
    previous: row.previous,
    ...(row.consent === null ? {} : { consent: parseJson<Consent>(row.consent, place) }),
  };
}

export function runOf(row: RunRow): Run {
  const place = `The plan of run ${row.id} in the database`;
  return {
    ...summaryOf(row),
    plan: row.plan === null ? removedPlan(row) : parseJson(row.plan, place),
    progress: parseJsonOrNull(row.progress, place),
  };
}

/** What is left of a plan that was removed. */
function removedPlan({ intent, action, stack, created_at }: RunRow): Plan {
  return {
    intent,
    action,
    stack,
    plannedAt: created_at,
    parts: [],
    touches: [],
    fingerprint: '',
    isRemoved: true,
  };
}

/** Column names and values, in the same order. */
export interface Assignments {
  readonly columns: readonly string[];
  readonly values: readonly SqlValue[];
}

/**
 * All that `runs` holds of a run, the same columns for each. The plan itself is stored apart; `touches` is what its
 * queue needs of it.
 */
export function columnsOfRun(run: Run) {
  return {
    id: run.id,
    intent: run.intent,
    action: run.action,
    stack: run.stack,
    params: json(run.params),
    actor: actor(run.actor),
    source: run.source,
    dry_run: flag(run.dryRun),
    state: run.state,
    created_at: run.createdAt,
    previous: run.previous,
    touches: json(run.plan.touches),
    ...patchColumns(run),
  };
}

/** What a patch changes; members that it doesn't have stay as they are. */
export function assignmentsOfPatch(patch: RunPatch): Assignments {
  return assignments(patchColumns(patch));
}

function patchColumns(patch: RunPatch) {
  return {
    expires_at: patch.expiresAt,
    decided_by: actor(patch.decidedBy),
    consent: json(patch.consent),
    queued_at: patch.queuedAt,
    started_at: patch.startedAt,
    finished_at: patch.finishedAt,
    owner: patch.owner,
    outcome: json(patch.outcome),
    progress: json(patch.progress),
    shown: json(patch.shown),
    reported: flag(patch.reported),
    stop_requested_by: actor(patch.stopRequestedBy),
  };
}

/** As a run's column holds it, to be compared with it. */
export function storedConsent(consent: Consent | undefined): string | null {
  return consent === undefined ? null : JSON.stringify(consent);
}

function assignments(columns: Record<string, SqlValue | undefined>): Assignments {
  const given = Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [[column, value] as const],
  );
  return { columns: given.map(([column]) => column), values: given.map(([, value]) => value) };
}

function json(value: unknown): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value);
}

/** Rights that came along with an actor are of the moment and must not be stored. */
function actor(value: ActorRef | null | undefined): string | null | undefined {
  return json(value && actorRef(value));
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
