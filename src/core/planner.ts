import type { CoreDeps } from './deps.js';
import type { Plan } from './plan.js';
import { makePlan } from './planning.js';
import type { Ticket } from './ticket.js';

/** Makes plans while the process lives. */
export class Planner {
  constructor(
    private readonly deps: CoreDeps,
    /** Aborted when the process shuts down: ends probes that are under way. */
    private readonly closing: AbortSignal,
  ) {}

  /** Null when an executor has a bug or the process is closing; the bug is logged. */
  async plan(ticket: Ticket, runId: string, plannedAt: Date, signal?: AbortSignal): Promise<Plan | null> {
    const either = signal ? AbortSignal.any([signal, this.closing]) : this.closing;
    try {
      const { dryRun } = ticket.request;
      return await makePlan(this.deps, ticket, { runId, plannedAt, dryRun, signal: either });
    } catch (error) {
      this.deps.log.error(
        { err: error, runId, intent: ticket.intent.name },
        'planning failed through a defect',
      );
      return null;
    }
  }
}
