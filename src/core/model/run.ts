import type { Consent } from './consent.js';
import type { StepStates } from './graph.js';
import type { LeftDown, Started } from './left-down.js';
import type { Phrase } from './phrase.js';
import type { Json, Plan } from './plan.js';
import type { Notice, ReasonCode } from './reasons.js';
import type { Action, ActorRef, Params, Source } from './request.js';

export const RUN_STATES = [
  'planned',
  'awaiting',
  'queued',
  'running',
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'expired',
  'refused',
  'plan_changed',
  'interrupted',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** States that a run never leaves. A dry run also ends as `planned`. */
export const FINAL_STATES = [
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'expired',
  'refused',
  'plan_changed',
  'interrupted',
] as const satisfies readonly RunState[];
export type FinalState = (typeof FINAL_STATES)[number];

export function isFinal(state: RunState): state is FinalState {
  return (FINAL_STATES as readonly RunState[]).includes(state);
}

/** Its plan takes long and is not made yet. */
export function isBeingPlanned({ state, owner }: Pick<Run, 'state' | 'owner'>): boolean {
  return state === 'planned' && owner !== null;
}

/** How a state is written in sentences: `rolled back`, not `rolled_back`. */
export function stateText(state: RunState): string {
  return state.replaceAll('_', ' ');
}

/** How a run ended: what happened, what is so now, and what to do next. */
export interface Outcome {
  readonly state: FinalState;
  readonly reason: ReasonCode;
  /** Sentences in order: what happened first, then the state of the world now. */
  readonly summary: readonly Phrase[];
  readonly next?: Phrase;
  /** What ran before can be put back on request; this says what that would do. */
  readonly rollBack?: Phrase;
  readonly warnings: readonly Notice[];
  /** The last lines that the tools said, redacted; empty when they have no bearing. */
  readonly tail: readonly string[];
  /** What ran before and doesn't since. */
  readonly left?: readonly LeftDown[];
  /** What it started and what is looked at for a while after its end. */
  readonly started?: readonly Started[];
  /** The run that took this one's place after its plan changed. */
  readonly successor?: string;
}

/** The last known progress of a running run. */
export interface ProgressSnapshot {
  readonly part: number;
  readonly step: number;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: 'bytes' | 'files';
  /** What is being worked on now, such as a file's path. Hostile text. */
  readonly current?: string;
  /** How each step of the plan's graph stands, when it has one. The last one stays with the finished run. */
  readonly steps?: StepStates;
}

/** Where a run is shown, so that another process can go on showing it. Plain data of the surface's own. */
export interface Shown {
  readonly surface: Source;
  readonly [key: string]: Json;
}

/** One journey of a request through the pipeline. All times are ISO 8601 in UTC. */
export interface Run {
  /** Short and typeable: `r-7k2m`. */
  readonly id: string;
  readonly intent: string;
  readonly action: Action;
  readonly stack: string;
  readonly params: Params;
  readonly actor: ActorRef;
  readonly source: Source;
  readonly dryRun: boolean;
  readonly state: RunState;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly decidedBy: ActorRef | null;
  /** Who has to agree before it begins, and who has; missing in runs of before this was asked. */
  readonly consent?: Consent;
  readonly queuedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** The process that executes it; null while nobody needs to. */
  readonly owner: string | null;
  readonly plan: Plan;
  readonly outcome: Outcome | null;
  readonly progress: ProgressSnapshot | null;
  readonly shown: Shown | null;
  /** The surface in `shown` has told people the outcome. */
  readonly reported: boolean;
  readonly stopRequestedBy: ActorRef | null;
  readonly previous: string | null;
}

/** What lists need of a run, without its plan. */
export type RunSummary = Omit<Run, 'plan' | 'progress'>;

/** What may change in a run after it was recorded. */
export type RunPatch = Partial<
  Pick<
    Run,
    | 'expiresAt'
    | 'decidedBy'
    | 'consent'
    | 'queuedAt'
    | 'startedAt'
    | 'finishedAt'
    | 'owner'
    | 'outcome'
    | 'progress'
    | 'shown'
    | 'reported'
    | 'stopRequestedBy'
  >
>;
