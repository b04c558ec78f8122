import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Expected, Plan } from '../model/plan.js';
import type { ProgressSnapshot } from '../model/run.js';
import { formatBytes, formatCount, formatDuration } from '../text/format.js';
import { expectedOfPlan, stepKeys } from './estimate.js';
import { elapsedMs, msLeft, type Pace, rateOf, stalledMs } from './pace.js';

/** Words about how long things take, free of markup, the same on every surface. */

type From = Pick<Expected, 'runs' | 'scaled'>;

/** `as last time`, `as in the last 3 runs`, `judging by the last run`: where an estimate comes from. */
export function fromText({ runs, scaled }: From): string {
  const last = runs === 1 ? 'run' : `${runs} runs`;
  if (scaled) return `judging by the last ${last}`;
  return runs === 1 ? 'as last time' : `as in the last ${last}`;
}

/** `21 s last time`: what it is compared with. */
function thenText(ms: number, { runs, scaled }: From): string {
  const then = formatDuration(ms);
  if (scaled) return `about ${then} was expected`;
  return runs === 1 ? `${then} last time` : `about ${then} in the last ${runs} runs`;
}

/** How long a plan takes, or that nothing tells; null for a plan about which nothing was looked up. */
export function expectationLine(plan: Plan): Phrase | null {
  const { parts, undoes } = plan;
  const looked = parts.map(({ expected }) => expected).filter((expected) => expected !== undefined);
  if (undoes !== undefined || looked.length === 0 || looked.length < parts.length) return null;
  const expected = expectedOfPlan(plan);
  if (expected !== null) {
    return phrase`Takes about ${formatDuration(roundedMs(expected.tookMs))}, ${fromText(expected)}.`;
  }
  return looked.includes('first_run')
    ? phrase`How long it takes is not known: there is no earlier run to go by.`
    : phrase`How long it takes is not known: no earlier run had about as much to do.`;
}

/** Much longer than expected: by this factor, and by so many ms. */
const SLOW_FACTOR = 1.5;
const SLOW_MS = 10_000;

function isSlow(ms: number, expected: number): boolean {
  return ms > expected * SLOW_FACTOR && ms > expected + SLOW_MS;
}

/** Null, unless a run that succeeded took much longer than expected. `tookMs` counts from its first step. */
export function slowRunLine(plan: Plan, tookMs: number): Phrase | null {
  const expected = expectedOfPlan(plan);
  if (expected === null || !isSlow(tookMs, expected.tookMs)) return null;
  return phrase`Slower than usual: it took ${formatDuration(tookMs)}, ${thenText(expected.tookMs, expected)}.`;
}

interface StepExpectation extends From {
  readonly ms: number;
}

function expectedOfStep(plan: Plan, at: ProgressSnapshot): StepExpectation | null {
  const part = plan.parts[at.part];
  const key = part === undefined ? undefined : stepKeys(part)[at.step];
  if (typeof part?.expected !== 'object' || key === undefined) return null;
  const ms = part.expected.stepsMs[key];
  return ms === undefined ? null : { ms, runs: part.expected.runs, scaled: part.expected.scaled };
}

/** `34 MiB/s`, `120 files/s`; null while it is not known, or nothing moves. */
export function rateText(pace: Pace, now: number): string | null {
  const rate = rateOf(pace, now);
  const { unit } = pace.at;
  if (rate === null || unit === undefined || stalledMs(pace, now) !== null) return null;
  if (unit === 'bytes') return rate < 1 ? null : `${formatBytes(rate)}/s`;
  return rate < 1 ? null : `${formatCount(Math.round(rate), 'file')}/s`;
}

/**
 * `about 15 s left` in this step: by its own rate, before that by earlier runs; null while neither tells, and
 * while nothing moves.
 */
export function timeLeftText(plan: Plan, pace: Pace, now: number): string | null {
  const { done, total } = pace.at;
  if (stalledMs(pace, now) !== null || (done !== undefined && total !== undefined && done >= total))
    return null;
  const own = msLeft(pace, now);
  if (own !== null) return `about ${formatDuration(roundedMs(own))} left`;
  const expected = expectedOfStep(plan, pace.at);
  const left = expected === null ? 0 : expected.ms - elapsedMs(pace, now);
  if (expected === null || left < 1000) return null;
  return `about ${formatDuration(roundedMs(left))} left, ${fromText(expected)}`;
}

/** What people should know while a step works: that it is stuck, or slower than usual. */
export function paceNotes(plan: Plan, pace: Pace, now: number): readonly Phrase[] {
  const still = stalledMs(pace, now);
  const expected = expectedOfStep(plan, pace.at);
  const took = elapsedMs(pace, now);
  const { current } = pace.at;
  return [
    ...(still === null
      ? []
      : [
          current === undefined
            ? phrase`Nothing moved for ${formatDuration(roundedMs(still))}.`
            : phrase`Nothing moved for ${formatDuration(roundedMs(still))}; last: ${code(current)}`,
        ]),
    ...(expected !== null && isSlow(took, expected.ms)
      ? [
          phrase`Slower than usual: this step has run for ${formatDuration(roundedMs(took))}, ${thenText(expected.ms, expected)}.`,
        ]
      : []),
  ];
}

/** From this many ms on: to how many ms an estimate is rounded, so that it does not flicker. */
const ROUNDING = [
  [0, 1000],
  [10_000, 5000],
  [60_000, 15_000],
  [600_000, 60_000],
  [3_600_000, 300_000],
] as const;

/** At least a second, and no more exact than an estimate is. */
export function roundedMs(ms: number): number {
  const [, step] = ROUNDING.findLast(([from]) => ms >= from) ?? ROUNDING[0];
  return Math.max(1000, Math.round(ms / step) * step);
}
