import type { StepState } from '../model/graph.js';
import type { Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';

/** A step that a run has behind it. */
export interface Finished {
  readonly state: Extract<StepState, 'succeeded' | 'skipped'>;
  /** The run in which it ended. */
  readonly doneIn: string;
}

/** The steps that a run has finished, by name. One that was skipped counts with all that it waited for. */
export function finishedIn({
  id,
  plan,
  progress,
}: Pick<Run, 'id' | 'plan' | 'progress'>): ReadonlyMap<string, Finished> {
  const finished = new Map<string, Finished>();
  const states = new Map(Object.entries(progress?.steps ?? {}));
  for (const { name, needs, skipped, doneIn } of plan.graph?.nodes ?? []) {
    const state = states.get(name);
    if (doneIn !== undefined) finished.set(name, { state: skipped ? 'skipped' : 'succeeded', doneIn });
    else if (state === 'succeeded') finished.set(name, { state, doneIn: id });
    // What it was skipped for may be otherwise once a step that failed is repeated.
    else if (state === 'skipped' && needs.every((need) => finished.has(need)))
      finished.set(name, { state, doneIn: id });
  }
  return finished;
}

/** The same for a run by its id; empty for one that is not there. */
export async function finishedBefore(
  { runs }: { readonly runs: Pick<CoreDeps['store']['runs'], 'get'> },
  runId: string,
): Promise<ReadonlyMap<string, Finished>> {
  const run = await runs.get(runId);
  return run ? finishedIn(run) : new Map();
}
