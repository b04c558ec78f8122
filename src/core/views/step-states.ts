import type { PlanNode, StepState, StepStates } from '../model/graph.js';
import type { Run } from '../model/run.js';

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
  if (node.doneIn !== undefined) return node.skipped ? 'skipped' : 'succeeded';
  return known ?? (node.skipped ? 'skipped' : 'waiting');
}
