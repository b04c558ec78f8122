import type { PartResult } from '../executor.js';
import { type Phrase, phrase } from '../phrase.js';
import type { Outcome } from '../run.js';
import type { PlanGraph } from './graph.js';
import type { PutBack } from './put-back.js';
import type { GraphEnd } from './run-graph.js';
import { isHalted } from './schedule.js';
import { changedWords, endedWords, putBackWords, restWords, succeededWords } from './wording.js';

/**
 * How a graph ended: what failed or changed first, then what is so now, then what can be done.
 * @param stopped somebody, or the end of the process, told it to end early
 */
export function graphOutcome(graph: PlanGraph, end: GraphEnd, stopped: boolean): Outcome {
  const verdict = verdictOf(graph, end, stopped);
  const failures = end.ended.filter(({ result }) => result.state !== 'succeeded');
  const next = nextOf(
    verdict.state,
    failures.map(({ result }) => result),
  );
  const summary =
    verdict.state === 'succeeded'
      ? succeededWords(graph, end)
      : [
          ...(end.changed === null ? [] : [changedWords(end.changed)]),
          ...endedWords(failures),
          ...(end.putBack ? putBackWords(end.putBack) : []),
          ...restWords(graph, end),
        ];
  return {
    ...verdict,
    summary,
    ...(next ? { next } : {}),
    warnings: end.ended.flatMap(({ result }) => result.warnings),
    tail: [],
  };
}

type Verdict = Pick<Outcome, 'state' | 'reason'>;

function verdictOf(
  graph: PlanGraph,
  { ended, states, changed, putBack }: GraphEnd,
  stopped: boolean,
): Verdict {
  const failures = ended.map(({ result }) => result).filter(({ state }) => state !== 'succeeded');
  const [first] = failures;
  if (failures.some(({ reason }) => reason === 'rollback_failed')) return NOT_PUT_BACK;
  if (putBack) return putBackVerdict(putBack, first);
  const isWhole = graph.nodes.every(({ name }) => states[name] !== 'waiting' && states[name] !== 'cancelled');
  if (stopped && !(isWhole && failures.every(({ reason }) => reason !== 'stopped'))) return STOPPED;
  if (changed !== null && !isHalted(graph.nodes, states)) return CHANGED;
  return first ? { state: 'failed', reason: first.reason } : { state: 'succeeded', reason: 'done' };
}

function putBackVerdict({ undone, left }: PutBack, cause: PartResult | undefined): Verdict {
  if (undone.some(({ result }) => result.state !== 'rolled_back')) return NOT_PUT_BACK;
  if (left.length > 0) return STOPPED;
  return { state: 'rolled_back', reason: cause?.reason ?? 'internal_error' };
}

const NOT_PUT_BACK: Verdict = { state: 'failed', reason: 'rollback_failed' };
const STOPPED: Verdict = { state: 'cancelled', reason: 'stopped' };
const CHANGED: Verdict = { state: 'plan_changed', reason: 'plan_changed' };

function nextOf(state: Outcome['state'], failures: readonly PartResult[]): Phrase | null {
  const own = failures.find(({ next }) => next !== undefined)?.next ?? null;
  if (state === 'plan_changed') return phrase`Read the new preview: what is done is not repeated.`;
  if (state !== 'failed' && state !== 'cancelled') return own;
  const resume = phrase`resume the run: what is done is not repeated.`;
  if (own !== null) return phrase`${own} Then ${resume}`;
  return state === 'failed' ? phrase`Put right what failed, then ${resume}` : phrase`To go on, ${resume}`;
}
