import type { PlanNode, StepStates } from '../model/graph.js';
import type { Plan } from '../model/plan.js';
import type { ProgressSnapshot } from '../model/run.js';
import { type Pace, paceAfter } from '../planning/pace.js';

/** What is known of a graph under way: how its steps stand, and how fast each part moves on. Plain data. */
export interface GraphPace {
  readonly states: StepStates;
  /** By the part's index in the plan. */
  readonly paces: Readonly<Record<number, Pace>>;
}

/** After a report of one of the parts that run at once. Null for a plan without a graph. */
export function graphPaceAfter(
  plan: Pick<Plan, 'graph'>,
  before: GraphPace | null,
  progress: ProgressSnapshot,
  now: number,
): GraphPace | null {
  if (plan.graph === undefined) return null;
  const { states = {}, paces = {} } = before ?? {};
  return {
    states: progress.steps ?? states,
    paces: { ...paces, [progress.part]: paceAfter(paces[progress.part] ?? null, progress, now) },
  };
}

/** Of the part at which a step is; null before its first report. */
export function paceOfNode({ parts }: PlanNode, { paces }: GraphPace): Pace | null {
  const at = parts.findLast((part) => paces[part] !== undefined);
  return at === undefined ? null : (paces[at] ?? null);
}
