import { setMaxListeners } from 'node:events';
import type { Pending } from '../model/pending.js';
import { phrase } from '../model/phrase.js';
import type { Plan } from '../model/plan.js';
import { notice } from '../model/reasons.js';
import type { Outcome } from '../model/run.js';
import type { StopCause } from '../model/stop-cause.js';
import type { Ticket } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import { outcomes } from '../records/outcomes.js';
import { formatDuration } from '../text/format.js';
import { makePlan } from './planning.js';
import { unlessAborted } from './unanswered.js';

/** A plan, or how its run ends without one. */
export type Planned =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly outcome: Outcome };

/** How long after it was given up a plan is waited for, in ms. */
const GIVE_UP_MS = 2000;

/** Makes plans while the process lives, in a time that has an end. */
export class Planner {
  constructor(
    private readonly deps: CoreDeps,
    /** Aborted when the process shuts down: ends probes that are under way. */
    private readonly closing: AbortSignal,
  ) {}

  /** @param stop ends it; its reason is a {@link StopCause} */
  async plan(
    ticket: Ticket,
    runId: string,
    plannedAt: Date,
    stop: AbortSignal,
    pending?: Pending,
  ): Promise<Planned> {
    const { planMs } = this.deps.settings.deadlines;
    const over = new AbortController();
    // Every command of the plan listens.
    setMaxListeners(0, over.signal);
    const giveUp = (): void => over.abort();
    const timer = setTimeout(giveUp, planMs);
    for (const signal of [stop, this.closing]) {
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
    }
    try {
      const scope = { runId, plannedAt, dryRun: ticket.request.dryRun, signal: over.signal, pending };
      const plan = await unlessAborted(over.signal, GIVE_UP_MS, makePlan(this.deps, ticket, scope));
      if (!over.signal.aborted) return { ok: true, plan };
    } catch (error) {
      if (!over.signal.aborted) {
        const context = { err: error, runId, intent: ticket.intent.name };
        this.deps.log.error(context, 'planning failed through a defect');
        return { ok: false, outcome: outcomes.planFailed() };
      }
    } finally {
      clearTimeout(timer);
      for (const signal of [stop, this.closing]) signal.removeEventListener('abort', giveUp);
    }
    return { ok: false, outcome: this.#givenUp(stop, planMs) };
  }

  #givenUp(stop: AbortSignal, planMs: number): Outcome {
    if (stop.aborted) return outcomes.endedInPlanning(stop.reason as StopCause);
    if (this.closing.aborted) return outcomes.endedInPlanning({ kind: 'shutdown' });
    const message = phrase`The plan wasn’t finished after ${formatDuration(planMs)} and was given up.`;
    return outcomes.blocked([notice('no_answer', message)]);
  }
}
