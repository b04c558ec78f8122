import { plain } from '../model/phrase.js';
import { type Expected, type Plan, type PlanPart, type Unknown, workOf } from '../model/plan.js';
import type { PastPart } from '../ports/history.js';
import { makespan } from './makespan.js';
import { scheduleOf } from './step-order.js';

/** So many runs are looked at: enough to leave out an odd one, few enough to follow a change. */
const RUNS = 3;
/** Runs that moved more or less than this many times the bytes tell nothing about how long it takes. */
const ALIKE = 2;
/** Up to this factor a figure is said to be as it was; beyond it, to be judged by what it was. */
const THE_SAME = 1.25;

/**
 * What a part will take, as the median of the last runs that had about as much to do, each scaled to the
 * amount of now.
 * @param past newest first
 */
export function expectedOf(past: readonly PastPart[], workBytes: number): Expected | Unknown {
  if (past.length === 0) return 'first_run';
  const alike = past.filter((one) => isAlike(one.workBytes, workBytes)).slice(0, RUNS);
  if (alike.length === 0) return 'other_amount';
  const scaled = alike.map(({ tookMs, stepsMs, workBytes: then }) => {
    const factor = then > 0 ? workBytes / then : 1;
    return { tookMs: tookMs * factor, stepsMs, factor };
  });
  const steps = Object.keys(alike[0]?.stepsMs ?? {});
  const stepMs = (step: string): number =>
    median(scaled.flatMap(({ stepsMs, factor }) => (step in stepsMs ? [(stepsMs[step] ?? 0) * factor] : [])));
  return {
    tookMs: median(scaled.map(({ tookMs }) => tookMs)),
    stepsMs: Object.fromEntries(steps.map((step) => [step, stepMs(step)])),
    runs: alike.length,
    scaled: scaled.some(({ factor }) => factor > THE_SAME || factor < 1 / THE_SAME),
  };
}

function isAlike(then: number, now: number): boolean {
  return then <= now * ALIKE && now <= then * ALIKE;
}

/** The value in the middle, rounded; of two the smaller one. 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.map((value) => Math.max(0, value)).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
}

type Total = Omit<Expected, 'stepsMs'>;

/**
 * What a plan will take from its beginning to its end: its parts one after the other, or its graph with what
 * runs at once. Null when that is not known of each part. Null for a plan without parts too.
 */
export function expectedOfPlan({ parts, graph }: Pick<Plan, 'parts' | 'graph'>): Total | null {
  const known = parts.flatMap(({ expected }) => (typeof expected === 'object' ? [expected] : []));
  if (known.length === 0 || known.length < parts.length) return null;
  const all = parts.map((_, index) => index);
  const takes = (indices: readonly number[]) =>
    indices.reduce((sum, index) => sum + (known[index]?.tookMs ?? 0), 0);
  return {
    tookMs: graph ? makespan(scheduleOf(graph, parts), (step) => takes(step.parts)) : takes(all),
    runs: Math.min(...known.map(({ runs }) => runs)),
    scaled: known.some(({ scaled }) => scaled),
  };
}

/**
 * A name for each step of a part under which it is found again in the next run, in which other steps may
 * come before it: the first word of its title, numbered where it is there before.
 */
export function stepKeys({ steps }: Pick<PlanPart, 'steps'>): readonly string[] {
  const seen = new Map<string, number>();
  return steps.map(({ title }) => {
    const word = /^\S+/.exec(plain(title))?.[0] ?? '';
    const count = (seen.get(word) ?? 0) + 1;
    seen.set(word, count);
    return count === 1 ? word : `${word} ${count}`;
  });
}

/** Bytes that a part will move. */
export function workOfPart(part: Pick<PlanPart, 'effects'>): number {
  return workOf({ parts: [part] });
}
