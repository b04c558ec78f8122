import { evaluate, lookupIn } from '../conditions/condition.js';
import { isFault, parseCondition } from '../conditions/parse-condition.js';
import type { Run } from '../model/run.js';
import type { Ticket } from '../model/ticket.js';
import { planNode } from '../planning/plan-graph.js';
import type { CoreDeps } from '../ports/deps.js';
import type { GraphLook } from './course.js';

/**
 * How a running graph looks at its steps before they begin: by the intents of the moment in which it began.
 * Probes end when the run is stopped.
 */
export function graphLook(deps: CoreDeps, run: Run, ticket: Ticket, signal: AbortSignal): GraphLook {
  const { id: runId, plan, params } = run;
  return {
    planAgain: (step) => planNode(deps, ticket, plan, step, { runId, signal }),
    holds: ({ when }, steps) => {
      const condition = when === null ? null : parseCondition(when);
      if (condition === null) return true;
      // One that can't be read was refused when the intent was loaded.
      return !isFault(condition) && evaluate(condition, lookupIn({ params, steps })) === true;
    },
  };
}
