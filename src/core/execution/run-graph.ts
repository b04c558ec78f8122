import type { PlanGraph, StepStates } from '../model/graph.js';
import type { Notice } from '../model/reasons.js';
import type { ProgressSnapshot, Run } from '../model/run.js';
import { Course, type EndedPart, type GraphScope } from './course.js';
import type { PartDeps } from './part-context.js';
import { type PutBack, putBackInReverse } from './put-back.js';
import { releaseAll } from './release.js';

/** What became of a graph. */
export interface GraphEnd {
  /** In the order of their ending. */
  readonly ended: readonly EndedPart[];
  readonly states: StepStates;
  readonly progress: ProgressSnapshot;
  /** The step that would do something else now than what was shown. */
  readonly changed: string | null;
  /** What `on_failure: rollback` did; null when it was not asked for. */
  readonly putBack: PutBack | null;
  /** About what was kept for putting back. */
  readonly warnings: readonly Notice[];
}

/**
 * Runs the steps of a plan's graph, as many at once as may be, until nothing more may begin and nothing runs;
 * then puts back what was done, where a step that failed asks for it.
 */
export async function runGraph(
  deps: PartDeps,
  run: Run,
  graph: PlanGraph,
  scope: GraphScope,
): Promise<GraphEnd> {
  const course = new Course(deps, run, graph, scope);
  const { board } = course;
  let putBack: PutBack | null = null;
  let warnings: readonly Notice[] = [];
  let progress: ProgressSnapshot;
  try {
    await course.follow();
    const backwards = { ...scope, progress: board.tell };
    if (course.wantsPutBack) putBack = await putBackInReverse(deps, run, course.ended, backwards);
    warnings = await releaseAll(deps, run, course.ended, putBack, scope);
    for (const [step, state] of putBack?.states ?? []) board.set(step, state);
  } finally {
    progress = board.close();
  }
  return { ended: course.ended, changed: course.changed, putBack, warnings, progress, states: board.states };
}
