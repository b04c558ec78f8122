import type { CoreDeps } from '../deps.js';
import type { Run } from '../run.js';
import type { Ticket } from '../ticket.js';
import type { GraphLook } from './run-graph.js';

/** How a running graph looks at its steps before they begin. */
export function graphLook(_deps: CoreDeps, run: Run, _ticket: Ticket, _signal: AbortSignal): GraphLook {
  return {
    planAgain: async (step) =>
      (run.plan.graph?.nodes.find(({ name }) => name === step)?.parts ?? []).flatMap(
        (index) => run.plan.parts[index] ?? [],
      ),
    holds: () => true,
  };
}
