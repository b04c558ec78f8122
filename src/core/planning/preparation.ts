import { ruleNow } from '../access/rule-now.js';
import { attendedMark } from '../model/attended.js';
import { askedConsent } from '../model/consent.js';
import { isLarge } from '../model/large-deletion.js';
import { newRun } from '../model/new-run.js';
import { Pending } from '../model/pending.js';
import type { Outcome, Run, Shown } from '../model/run.js';
import { newRunId } from '../model/run-id.js';
import type { StopCause } from '../model/stop-cause.js';
import type { Ticket } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import { outcomes } from '../records/outcomes.js';
import type { Ownership } from '../records/ownership.js';
import type { Records } from '../records/records.js';
import type { Planned, Planner } from './planner.js';
import { emptyPlan } from './planning.js';

/** A plan that takes longer than this is recorded before it is made, in ms: then it can be seen and stopped. */
const SLOW_MS = 2000;
/** How often people hear of it, in ms. */
const TELL_EVERY = 5000;

interface PreparationParts {
  readonly records: Records;
  readonly planner: Planner;
  readonly ownership: Ownership;
}

/** A recorded run, and how it ends when its plan could not be made. */
export interface Prepared {
  readonly run: Run;
  readonly failed: Outcome | null;
}

/** From a ticket to a recorded run with its plan. */
export class Preparation {
  constructor(
    private readonly deps: CoreDeps,
    private readonly parts: PreparationParts,
  ) {}

  async prepare(ticket: Ticket, shown?: Shown): Promise<Prepared> {
    const stop = new AbortController();
    const plannedAt = this.deps.now();
    const pending = new Pending();
    const planning = this.parts.planner.plan(ticket, newRunId(0), plannedAt, stop.signal, pending);
    const draft = (planned: Planned | null): Run => this.#draft(ticket, plannedAt, shown, planned);
    let telling: NodeJS.Timeout | undefined;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    try {
      const early = await ifSlow(planning, () => this.#create(draft(null), ticket));
      if (early === null) {
        const planned = await planning;
        return {
          run: await this.#create(draft(planned), ticket),
          failed: planned.ok ? null : planned.outcome,
        };
      }
      // From here on a stop reaches it, and whoever looks finds that somebody works on it.
      void this.parts.ownership.carry(early.id, (signal) => {
        signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
        return over;
      });
      telling = this.#tell(early, pending);
      const planned = await planning;
      const run = await this.#fill(early, draft(planned), planned);
      if (!planned.ok) return { run, failed: planned.outcome };
      return { run, failed: stop.signal.aborted ? outcomes.endedInPlanning(stop.signal.reason) : null };
    } catch (error) {
      // Somebody else has made a run for that time meanwhile: nobody needs the plan.
      stop.abort({ kind: 'shutdown' } satisfies StopCause);
      throw error;
    } finally {
      clearInterval(telling);
      end();
    }
  }

  #draft(ticket: Ticket, plannedAt: Date, shown: Shown | undefined, planned: Planned | null): Run {
    const plan = planned?.ok ? planned.plan : null;
    const { largeDeletion } = this.deps.settings.people;
    return newRun(newRunId(0), ticket, plan ?? emptyPlan(ticket, plannedAt), {
      createdAt: plannedAt.toISOString(),
      // A dry run is over with its plan.
      owner: ticket.request.dryRun && planned ? null : this.parts.ownership.id,
      shown: shown ?? attendedMark(ticket.request),
      consent: askedConsent(ruleNow(this.deps, ticket.chain), plan !== null && isLarge(plan, largeDeletion)),
    });
  }

  #create(draft: Run, ticket: Ticket): Promise<Run> {
    return this.parts.records.create(draft, ticket.request.schedule);
  }

  /** Gives the run that was recorded early its plan. */
  async #fill(early: Run, made: Run, planned: Planned): Promise<Run> {
    if (!planned.ok) return early;
    const { plan, owner, consent } = made;
    return this.parts.records.planned({ ...early, plan, owner, ...(consent ? { consent } : {}) });
  }

  #tell(run: Run, pending: Pending): NodeJS.Timeout {
    const tell = (): void => this.deps.events.emit({ type: 'planning', run, waitsFor: pending.oldest() });
    tell();
    return setInterval(tell, TELL_EVERY);
  }
}

/** What `record` gives, once the plan is slow; null once it is made before that. */
function ifSlow(planning: Promise<unknown>, record: () => Promise<Run>): Promise<Run | null> {
  return new Promise((resolve, reject) => {
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      record().then(resolve, reject);
    }, SLOW_MS);
    void planning.then(() => {
      clearTimeout(timer);
      if (!isSlow) resolve(null);
    });
  });
}
