import type { Position } from '../text/problem.js';
import type { Actor, Params } from './request.js';

/** When something is due. Intervals are counted from 1970-01-01T00:00:00Z, so that a restart shifts none. */
export type Timing =
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  | { readonly kind: 'interval'; readonly seconds: number };

/** What becomes of times at which no bot was there: the latest runs late, none does, or all do in order. */
export const CATCH_UPS = ['latest', 'none', 'all'] as const;
export type CatchUp = (typeof CATCH_UPS)[number];

/** What becomes of a time at which the run before has not ended: it is left out, or runs after it. */
export const OVERLAPS = ['skip', 'queue'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** An intent that runs by itself at certain times. */
export interface Schedule extends Position {
  /** Of an intent's own schedule: the intent's name. */
  readonly name: string;
  readonly intent: string;
  readonly timing: Timing;
  /** A run begins up to so many seconds after its time. */
  readonly jitterSeconds: number;
  readonly catchUp: CatchUp;
  readonly overlap: Overlap;
  /** Only makes plans. */
  readonly dryRun: boolean;
  readonly enabled: boolean;
  readonly params: Params;
  /** Where it stands. */
  readonly file: string;
}

/** The schedule as the one who asks for its runs; the policy knows it by its name. */
export function scheduleActor({ name }: Pick<Schedule, 'name'>): Actor {
  return { kind: 'schedule', id: name, name };
}

/** The same text for the same times: when it is another one, the times up to now are none of the schedule's. */
export function timingKey(timing: Timing): string {
  return timing.kind === 'cron' ? `cron ${timing.cron} ${timing.timezone}` : `every ${timing.seconds} s`;
}
