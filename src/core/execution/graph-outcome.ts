import type { OnFailure, PlanGraph } from '../model/graph.js';
import { leftBy, startedBy } from '../model/left-down.js';
import { type Phrase, phrase } from '../model/phrase.js';
import type { Outcome } from '../model/run.js';
import { isHalted } from '../planning/step-order.js';
import type { PartResult } from '../ports/executor.js';
import type { EndedPart } from './course.js';
import type { PutBack } from './put-back.js';
import type { GraphEnd } from './run-graph.js';
import { changedWords, endedWords, putBackWords, restWords, succeededWords } from './steps-wording.js';

/**
 * How a graph ended: what failed or changed first, then what is so now, then what can be done.
 * @param stopped somebody, or the end of the process, told it to end early
 */
export function graphOutcome(graph: PlanGraph, end: GraphEnd, stopped: boolean): Outcome {
  const failures = end.ended.filter(({ result }) => result.state !== 'succeeded');
  const cause = causeOf(graph, failures);
  const verdict = verdictOf(graph, end, cause, stopped);
  const next = nextOf(verdict.state, end, cause);
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
    ...leftBy([...end.ended, ...(end.putBack?.undone ?? [])].map(({ result }) => result)),
    ...startedBy(end.ended.map(({ result }) => result)),
    ...rollBackOf(end),
    warnings: [
      ...[...end.ended, ...(end.putBack?.undone ?? [])].flatMap(({ result }) => result.warnings),
      ...end.warnings,
    ],
    tail: [],
  };
}

/** What parts that were cut off offer, where the graph has not put them back itself. */
function rollBackOf({ ended, putBack }: GraphEnd): Pick<Outcome, 'rollBack'> {
  if (putBack) return {};
  const offers = ended.flatMap(({ result }) => (result.rollBack ? [result.rollBack] : []));
  const rollBack = offers.flatMap((offer, at): Phrase => (at === 0 ? offer : [' ', ...offer]));
  return offers.length > 0 ? { rollBack } : {};
}

/** The failure that ended the graph, or the first one that it went on after. */
function causeOf({ nodes }: PlanGraph, failures: readonly EndedPart[]): PartResult | null {
  const weight = ({ step }: EndedPart): number =>
    SEVERITY.indexOf(nodes.find(({ name }) => name === step)?.onFailure ?? 'continue');
  const worst = Math.max(...failures.map(weight));
  return failures.find((failure) => weight(failure) === worst)?.result ?? null;
}

const SEVERITY: readonly OnFailure[] = ['continue', 'stop', 'rollback'];

type Verdict = Pick<Outcome, 'state' | 'reason'>;

function verdictOf(
  graph: PlanGraph,
  { ended, states, changed, putBack }: GraphEnd,
  cause: PartResult | null,
  stopped: boolean,
): Verdict {
  const failures = ended.map(({ result }) => result).filter(({ state }) => state !== 'succeeded');
  if (failures.some(({ reason }) => reason === 'rollback_failed')) return NOT_PUT_BACK;
  if (putBack) return putBackVerdict(putBack, cause);
  const isWhole = graph.nodes.every(({ name }) => states[name] !== 'waiting' && states[name] !== 'cancelled');
  if (stopped && !(isWhole && failures.every(({ reason }) => reason !== 'stopped'))) return STOPPED;
  if (changed !== null && !isHalted(graph.nodes, states)) return CHANGED;
  return cause ? { state: 'failed', reason: cause.reason } : { state: 'succeeded', reason: 'done' };
}

function putBackVerdict({ undone, left }: PutBack, cause: PartResult | null): Verdict {
  if (undone.some(isNotBack)) return NOT_PUT_BACK;
  if (left.length > 0) return STOPPED;
  return { state: 'rolled_back', reason: cause?.reason ?? 'internal_error' };
}

function isNotBack({ result }: PutBack['undone'][number]): boolean {
  return result.state !== 'rolled_back';
}

const NOT_PUT_BACK: Verdict = { state: 'failed', reason: 'rollback_failed' };
const STOPPED: Verdict = { state: 'cancelled', reason: 'stopped' };
const CHANGED: Verdict = { state: 'plan_changed', reason: 'plan_changed' };

/** What could not be put back comes first, then what failed; then that the rest can be done, if some of it is done. */
function nextOf(
  state: Outcome['state'],
  { ended, states, putBack }: GraphEnd,
  cause: PartResult | null,
): Phrase | null {
  const notBack = putBack?.undone.find(isNotBack)?.result.next;
  const own = notBack ?? cause?.next ?? ended.find(({ result }) => result.next)?.result.next ?? null;
  const isResumable = state === 'failed' || state === 'cancelled' || state === 'plan_changed';
  if (!isResumable || !Object.values(states).includes('succeeded')) return own;
  const resume = phrase`resume the run: what is done is not repeated.`;
  if (own !== null) return phrase`${own} Then ${resume}`;
  return state === 'failed' ? phrase`Put right what failed, then ${resume}` : phrase`To go on, ${resume}`;
}
