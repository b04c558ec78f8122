import type { ProgressSnapshot } from '../model/run.js';

/** How fast a step moves on. Plain data; all instants are in ms since 1970. */
export interface Pace {
  readonly at: ProgressSnapshot;
  readonly stepBegan: number;
  /** When something moved last. */
  readonly movedAt: number;
  /** The longest time between two movements so far, in ms: some tools report seldom. */
  readonly longestGap: number;
  /** Where the step was at some instants, oldest first; the first is where it began to count. */
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** The rate is that of the last seconds, so that it follows a change; the whole step steadies it. */
const WINDOW_MS = 20_000;
const RECENT_WEIGHT = 0.75;
/** Samples closer together tell nothing more. */
const SAMPLE_EVERY_MS = 250;
/** Before that nothing is said about the rate. */
const SETTLED_MS = 3000;
/** A step that says nothing new for so long is stuck, unless it always reports that seldom. */
const STALL_MS = 30_000;
const STALL_GAPS = 3;

/** The pace after a report. A report about another step begins anew. `pace` is null before the first one. */
export function paceAfter(pace: Pace | null, at: ProgressSnapshot, now: number): Pace {
  if (pace === null || pace.at.part !== at.part || pace.at.step !== at.step) {
    return { at, stepBegan: now, movedAt: now, longestGap: 0, samples: sampled([], at, now) };
  }
  const moved = at.done !== pace.at.done || at.current !== pace.at.current;
  if (!moved) return { ...pace, at };
  const movedAt = Math.max(pace.movedAt, now);
  const first = pace.at.done === undefined;
  return {
    at,
    stepBegan: pace.stepBegan,
    movedAt,
    longestGap: first ? 0 : Math.max(pace.longestGap, movedAt - pace.movedAt),
    samples: sampled(pace.samples, at, movedAt),
  };
}

/** Keeps the first sample, those of the window, and one before it. */
function sampled(samples: readonly Sample[], { done }: ProgressSnapshot, at: number): readonly Sample[] {
  if (done === undefined) return samples;
  const last = samples.at(-1);
  const [first] = samples;
  // A tool that counts anew, as for a second disk, starts a new measurement.
  if (first === undefined || last === undefined || done < last.done) return [{ at, done }];
  const others = samples.slice(1);
  const before = others.findLastIndex((sample) => sample.at <= at - WINDOW_MS);
  const kept = others.slice(Math.max(0, before));
  const tooClose = kept.length > 1 && at - (kept.at(-2)?.at ?? 0) < SAMPLE_EVERY_MS;
  return [first, ...(tooClose ? kept.slice(0, -1) : kept), { at, done }];
}

/** Milliseconds since the step began. */
export function elapsedMs(pace: Pace, now: number): number {
  return Math.max(0, now - pace.stepBegan);
}

/** Units a second, never negative; null while it is too early to tell or nothing is counted. */
export function rateOf(pace: Pace, now: number): number | null {
  const [first] = pace.samples;
  const last = pace.samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const end = Math.max(now, last.at);
  if (end - first.at < SETTLED_MS) return null;
  const from = pace.samples.findLast(({ at }) => at <= end - WINDOW_MS) ?? first;
  const speed = (since: Sample): number => (last.done - since.done) / (end - since.at);
  return (RECENT_WEIGHT * speed(from) + (1 - RECENT_WEIGHT) * speed(first)) * 1000;
}

/** Milliseconds that the step still takes at this rate; null while that can't be told. */
export function msLeft(pace: Pace, now: number): number | null {
  const { done, total } = pace.at;
  const rate = rateOf(pace, now);
  if (done === undefined || total === undefined || done >= total || rate === null || rate <= 0) return null;
  return ((total - done) / rate) * 1000;
}

/** For how many milliseconds nothing has moved; null while that is nothing unusual. */
export function stalledMs(pace: Pace, now: number): number | null {
  const { done, total } = pace.at;
  if (done === undefined || (total !== undefined && done >= total)) return null;
  const still = now - pace.movedAt;
  return still >= Math.max(STALL_MS, STALL_GAPS * pace.longestGap) ? still : null;
}
