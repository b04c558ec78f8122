import type { Run } from '../run.js';
import type { PlanNode, StepState, StepStates } from './graph.js';

/** A step of a run's graph and how it stands. */
export interface NodeStanding {
  readonly node: PlanNode;
  readonly state: StepState;
}

type Standing = Pick<Run, 'plan' | 'progress'>;

/**
 * How each step of a run stands, in the plan's order; empty for a run without a graph.
 * @param states newer ones than those that are stored with the run
 */
export function standings({ plan, progress }: Standing, states?: StepStates): readonly NodeStanding[] {
  const known = states ?? progress?.steps ?? {};
  return (plan.graph?.nodes ?? []).map((node) => ({ node, state: stateOf(node, known[node.name]) }));
}

function stateOf(node: PlanNode, known: StepState | undefined): StepState {
  if (node.doneIn !== undefined) return 'succeeded';
  return known ?? (node.skipped ? 'skipped' : 'waiting');
}

/** Nothing is left to do for it. */
export function isFinished(state: StepState): boolean {
  return state === 'succeeded' || state === 'skipped';
}

const RESUMABLE: readonly Run['state'][] = ['failed', 'cancelled', 'interrupted'];

/** It ended in the middle: some of its steps are done, and others are left to do. */
export function canResume(run: Pick<Run, 'state' | 'startedAt'> & Standing): boolean {
  if (run.startedAt === null || !RESUMABLE.includes(run.state)) return false;
  const all = standings(run);
  return all.some(({ state }) => isFinished(state)) && !all.every(({ state }) => isFinished(state));
}
