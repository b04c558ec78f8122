import { attendedOf, isUnattended } from './attended.js';
import type { AlertKind, NewAlert, Subject } from './incident.js';
import type { Intent } from './intent.js';
import { leftBy } from './left-down.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { ReasonCode } from './reasons.js';
import { type ActorRef, actorRef } from './request.js';
import type { Run } from './run.js';

/** Reasons that mean: somebody wanted what they may not. */
const SECURITY_REASONS: readonly ReasonCode[] = ['not_allowed', 'label_mismatch'];
/** All security refusals are one subject: an attack must not become a card for each try. */
export const SECURITY: Subject = { key: 'security', intent: null };

/** A run as it ended. `outcome` is redacted. */
export type EndedRun = Pick<
  Run,
  | 'id'
  | 'intent'
  | 'action'
  | 'stack'
  | 'actor'
  | 'source'
  | 'dryRun'
  | 'state'
  | 'outcome'
  | 'plan'
  | 'startedAt'
  | 'shown'
>;

/**
 * The alert that the end of a run raises, if any. A success is one too: it ends the intent's open incident, and
 * is nothing when there is none. Dry runs, what people stopped, cancelled or let expire, and a roll back that
 * somebody asked for raise nothing.
 */
export function alertOf(run: EndedRun, at: string): NewAlert | null {
  const { outcome, actor } = run;
  if (outcome === null) return null;
  if (run.state === 'refused' && isSecurity(outcome.reason)) {
    return denial({ by: actor, intent: run.intent, reason: outcome.reason, runId: run.id, at });
  }
  const kind = kindOf(run);
  if (kind === null) return null;
  return {
    subject: subjectOf(run),
    event: {
      kind,
      at,
      runId: run.id,
      reason: outcome.reason,
      by: actorRef(actor),
      text: [...outcome.summary, ...(outcome.next ? [phrase`Next: ${outcome.next}`] : [])],
      count: 1,
      mark: null,
    },
    ...leftBy([outcome]),
  };
}

function kindOf(run: EndedRun): AlertKind | null {
  const { state, outcome, dryRun, source, plan, startedAt } = run;
  if (dryRun) return null;
  // Whoever stopped it may not know that something is down since.
  if (outcome?.left !== undefined && (state === 'cancelled' || state === 'rolled_back')) return 'failed';
  if (outcome?.reason === 'stopped') return null;
  if (state === 'failed' || state === 'interrupted') return state;
  if (state === 'rolled_back') return plan.undoes === undefined ? state : null;
  // That nothing was to be done proves nothing about what is down.
  if (state === 'succeeded') return outcome?.reason === 'nothing_to_do' ? null : 'recovered';
  if (!isUnattended({ source, ...attendedOf(run) })) return null;
  // It paused in the middle, and asks people who may not be there.
  if (state === 'plan_changed' && startedAt !== null) return 'interrupted';
  // A schedule tries the new plan; of everybody else's nothing comes.
  if (state === 'plan_changed' && source !== 'schedule') return 'refused';
  return state === 'refused' ? 'refused' : null;
}

/** What could not begin before it became a run. */
interface NotBegun {
  /** The intent's name as it was asked for; redacted and bounded. */
  readonly name: string;
  /** Null: there is no such intent, and nobody knows what it would do. */
  readonly intent: Pick<Intent, 'action' | 'stack'> | null;
  readonly kind?: 'refused' | 'missed';
  readonly by: ActorRef;
  readonly reason: ReasonCode;
  readonly text: readonly Phrase[];
  readonly at: string;
}

/** An alert about an intent without a run of it. The next success of the intent ends it. */
export function notBegunAlert({ name, intent, kind = 'refused', by, reason, text, at }: NotBegun): NewAlert {
  const { action, stack } = intent ?? { action: 'steps' as const, stack: '' };
  return {
    subject: subjectOf({ intent: name, action, stack }),
    event: { kind, at, runId: null, reason, by, text, count: 1, mark: `${reason} ${by.kind}:${by.id}` },
  };
}

function subjectOf({ intent, action, stack }: Pick<EndedRun, 'intent' | 'action' | 'stack'>): Subject {
  return { key: `intent:${intent}`, intent: { name: intent, action, stack } };
}

function isSecurity(reason: ReasonCode): boolean {
  return SECURITY_REASONS.includes(reason);
}

interface Denied {
  readonly by: ActorRef;
  /** Redacted and bounded: it may be a stranger's text. */
  readonly intent: string;
  readonly reason: ReasonCode;
  readonly runId: string | null;
  readonly at: string;
}

/** The alert of a request or a press that was turned down; null when that was no question of rights. */
export function denialAlert(denied: Denied): NewAlert | null {
  return isSecurity(denied.reason) ? denial(denied) : null;
}

function denial({ by, intent, reason, runId, at }: Denied): NewAlert {
  return {
    subject: SECURITY,
    event: {
      kind: 'denied',
      at,
      runId,
      reason,
      by: actorRef(by),
      text: [sayDenied(by.name, intent, reason)],
      count: 1,
      mark: `${reason} ${by.kind}:${by.id}`,
    },
  };
}

function sayDenied(name: string, intent: string, reason: ReasonCode): Phrase {
  return reason === 'label_mismatch'
    ? phrase`${name} asked for ${code(intent)}, whose label is not this installation’s.`
    : phrase`${name} asked for ${code(intent)} without the right to it.`;
}
