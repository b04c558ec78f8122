import type { PlanPart } from '../model/plan.js';
import { stepKeys, workOfPart } from '../planning/estimate.js';
import type { RunContext } from '../ports/executor.js';
import type { PastPart } from '../ports/history.js';

/** Notes how long the steps of a part take and what it leaves, for the estimates of later runs. */
export interface PartWatch {
  /** The executor's context, through which it is seen. */
  readonly context: RunContext;
  /** What there is to remember of the part, which has just ended. */
  past(): PastPart;
}

export function watchPart(part: PlanPart, context: RunContext): PartWatch {
  const began = context.now().getTime();
  const keys = stepKeys(part);
  const begun = new Map<string, number>();
  const stepsMs = new Map<string, number>();
  let artifactBytes = 0;
  return {
    context: {
      ...context,
      step: (index, state) => {
        const key = keys[index];
        const at = context.now().getTime();
        if (key !== undefined) {
          if (state === 'running') begun.set(key, at);
          else stepsMs.set(key, Math.max(0, at - (begun.get(key) ?? at)));
        }
        context.step(index, state);
      },
      addArtifact: (artifact) => {
        artifactBytes += artifact.size;
        return context.addArtifact(artifact);
      },
    },
    past: () => {
      const now = context.now();
      return {
        runId: context.runId,
        finishedAt: now.toISOString(),
        tookMs: Math.max(0, now.getTime() - began),
        stepsMs: Object.fromEntries(stepsMs),
        workBytes: workOfPart(part),
        artifactBytes,
      };
    },
  };
}
