import { isAmiss } from '../model/condition.js';
import { consentOf } from '../model/consent.js';
import type { GraphStep } from '../model/graph.js';
import type { Intent } from '../model/intent.js';
import { type Phrase, plain } from '../model/phrase.js';
import { type Argv, blockersOf, type Plan, warningsOf } from '../model/plan.js';
import type { Notice } from '../model/reasons.js';
import type { Outcome, Run, RunSummary } from '../model/run.js';
import { durationMs } from '../model/wording.js';
import type { StackStatus } from './status.js';

/**
 * Plain JSON of what the core knows, as `--json` prints it and the HTTP API answers it.
 * These names are relied on: add freely, rename nothing.
 */

/** How a secret is written wherever people or machines read commands. */
export const MASK = '••••';

export function argvTexts(argv: Argv): string[] {
  return argv.map((arg) => (typeof arg === 'string' ? arg : MASK));
}

/** A run as `runs --json` lists it. Times are ISO 8601 in UTC. */
export function summaryJson(run: RunSummary) {
  return {
    id: run.id,
    intent: run.intent,
    state: run.state,
    action: run.action,
    stack: run.stack,
    actor: run.actor,
    source: run.source,
    dryRun: run.dryRun,
    params: run.params,
    createdAt: run.createdAt,
    expiresAt: run.expiresAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    durationMs: durationMs(run),
    decidedBy: run.decidedBy,
    consent: consentOf(run),
    stopRequestedBy: run.stopRequestedBy,
    reason: run.outcome?.reason ?? null,
    summary: run.outcome ? texts(run.outcome.summary) : [],
    previous: run.previous,
  };
}

/** A run with its plan, progress and outcome. */
export function runJson(run: Run) {
  return {
    ...summaryJson(run),
    plan: planJson(run.plan),
    progress: run.progress,
    outcome: run.outcome ? outcomeJson(run.outcome) : null,
  };
}

function planJson(plan: Plan) {
  return {
    plannedAt: plan.plannedAt,
    fingerprint: plan.fingerprint,
    touches: plan.touches,
    parts: plan.parts.map((part) => ({
      intent: part.intent,
      kind: part.kind,
      action: part.action,
      stack: part.stack,
      steps: part.steps.map(({ title, commands }) => ({
        title: plain(title),
        commands: commands.map(argvTexts),
      })),
      effects: part.effects,
    })),
    graph: plan.graph ?? null,
    resumes: plan.resumes ?? null,
    warnings: warningsOf(plan).map(noticeJson),
    blockers: blockersOf(plan).map(noticeJson),
  };
}

function outcomeJson(outcome: Outcome) {
  return {
    state: outcome.state,
    reason: outcome.reason,
    summary: texts(outcome.summary),
    next: outcome.next ? plain(outcome.next) : null,
    warnings: outcome.warnings.map(noticeJson),
    tail: outcome.tail,
    rollBack: outcome.rollBack ? plain(outcome.rollBack) : null,
    successor: outcome.successor ?? null,
  };
}

export function noticeJson(notice: Notice) {
  return { code: notice.code, message: plain(notice.message), remedy: plain(notice.remedy) };
}

/** An intent as `intents --json` lists it. */
export function intentJson(intent: Intent, warning: Notice | null) {
  return {
    name: intent.name,
    action: intent.action,
    stack: intent.stack,
    description: intent.description,
    kinds: intent.steps.map(({ kind }) => kind),
    dependsOn: intent.dependsOn,
    steps: intent.graph ? intent.graph.steps.map(graphStepJson) : null,
    labelRequired: intent.labelRequired,
    confirm: intent.confirmRule?.confirm ?? null,
    file: intent.file,
    warning: warning ? noticeJson(warning) : null,
  };
}

/** One step of an intent with `action: steps`; `intent` is null where it has an action of its own. */
function graphStepJson({ name, needs, when, onFailure, work }: GraphStep) {
  const intent = work.kind === 'intent' ? work.intent : null;
  return { name, intent, needs, when, onFailure };
}

/** A stack as `status --json` lists it. */
export function statusJson({ stack, things, notices, runs, lock }: StackStatus) {
  return {
    stack,
    things: things.map(({ detail, since, ...thing }) => ({
      ...thing,
      detail: plain(detail),
      since: since ?? null,
    })),
    notices: notices.map(noticeJson),
    runs: runs.map(summaryJson),
    lock: lock ?? null,
    amiss: notices.length > 0 || things.some(isAmiss),
  };
}

function texts(phrases: readonly Phrase[]): string[] {
  return phrases.map(plain);
}
