import type { OriginKeys } from '../model/origin.js';
import type { RunState } from '../model/run.js';

/** How one part of a plan went when it last succeeded: what the next estimate comes from. */
export interface PastPart {
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  /** Milliseconds from its first step to its end. */
  readonly tookMs: number;
  /** Milliseconds of each of its steps, by {@link stepKeys}. */
  readonly stepsMs: Readonly<Record<string, number>>;
  /** Bytes that its plan said it would move. */
  readonly workBytes: number;
  /** Bytes of the artifacts that it left. */
  readonly artifactBytes: number;
}

export const OPEN_STATES = ['awaiting', 'queued', 'running'] as const satisfies readonly RunState[];
export type OpenState = (typeof OPEN_STATES)[number];

/** What earlier runs tell, of every process that shares the store. Every answer is found by index. */
export interface HistoryStore {
  /** Keeps the newest {@link PAST_KEPT} of each intent's step and origin. */
  add(intent: string, step: number, past: PastPart, origin?: string | null): Promise<void>;
  /**
   * Newest first, at most {@link PAST_KEPT}.
   * @param legacy the step of an intent whose past counts where none is kept of the origin; null: there is none
   */
  past(origin: OriginKeys, legacy: LegacyPart | null): Promise<readonly PastPart[]>;
  /** How many runs have not ended yet. */
  open(): Promise<Readonly<Record<OpenState, number>>>;
  /** The newest past of every step of every intent that has one. */
  newest(): Promise<readonly (PastPart & { readonly intent: string; readonly step: number })[]>;
  /**
   * How the newest run of each of these intents ended that was meant to do something: a dry run, and a preview
   * that somebody cancelled or let expire, are none. Intents without such a run are left out.
   */
  lastEnds(intents: readonly string[]): Promise<ReadonlyMap<string, RunState>>;
}

/** So many are kept of each step of an intent. */
export const PAST_KEPT = 10;

/** Under what facts and durations were kept before they belonged to an origin. */
export interface LegacyPart {
  readonly intent: string;
  readonly part: number;
}
