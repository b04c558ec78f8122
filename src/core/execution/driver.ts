import type { Begun } from '../approval/answers.js';
import { causeOf } from '../faults/cause.js';
import { faultNow } from '../faults/store-watch.js';
import { isAnswerable } from '../model/consent.js';
import { requestOf } from '../model/new-run.js';
import type { RunRequest } from '../model/request.js';
import type { Outcome, Run, Shown } from '../model/run.js';
import type { StopCause } from '../model/stop-cause.js';
import type { Ticket } from '../model/ticket.js';
import type { Planner } from '../planning/planner.js';
import type { CoreDeps } from '../ports/deps.js';
import { finishedIn } from '../records/finished.js';
import { outcomes } from '../records/outcomes.js';
import type { Ownership } from '../records/ownership.js';
import type { Records } from '../records/records.js';
import { RunWrites } from '../records/run-writes.js';
import { execute } from './execution.js';
import { lastLook } from './last-look.js';
import { graphLook } from './look.js';
import { LeaseQueue } from './queue.js';

/** What carrying runs needs of the pipeline. */
export interface DriverParts {
  readonly records: Records;
  readonly planner: Planner;
  readonly ownership: Ownership;
  /** Aborted when the process shuts down. */
  readonly closing: AbortSignal;
  /** Asks anew about what became another plan. */
  prepare(ticket: Ticket, shown?: Shown): Promise<Run>;
}

/** Carries runs that were agreed to through the queue to their end. */
export class Driver {
  readonly #queue: LeaseQueue;

  constructor(
    private readonly deps: CoreDeps,
    private readonly parts: DriverParts,
  ) {
    const { ownership } = parts;
    this.#queue = new LeaseQueue(deps, ownership.id, () => ownership.recoverDead());
  }

  /** From `queued` to the end: record the outcome, release the leases, tell people. Never rejects. */
  async drive(queued: Run, begun: Begun, signal: AbortSignal): Promise<Run> {
    let run = queued;
    let outcome: Outcome;
    let leave: (() => void) | null = null;
    const writes = new RunWrites(this.deps, run);
    try {
      this.deps.events.emit({ type: 'queued', run, waitsFor: [] });
      leave = await this.#waitForTurn(run, signal);
      const look = leave ? await lastLook(this.deps, this.parts.planner, run, begun, signal) : null;
      // What it waited for may have taken hours.
      const fault = look?.next === 'begin' ? await faultNow(this.deps) : null;
      if (fault) outcome = outcomes.notBegun(fault.notice);
      else if (look?.next === 'begin') {
        run = await this.#begin(run);
        ({ run, outcome } = await this.#work(run, look.ticket, signal, writes));
      } else if (look?.next === 'ask') {
        const successor = await this.#askAgain(run, look.ticket);
        outcome = outcomes.planChanged(successor.id, look.why, look.changes);
      } else {
        outcome = look?.outcome ?? outcomes.endedInQueue(signal.reason as StopCause);
      }
    } catch (error) {
      this.deps.log.error({ err: error, runId: run.id }, 'a run ended early through an error');
      const cause = causeOf(error);
      outcome = run.state === 'running' ? outcomes.cutOff(cause) : outcomes.notBegun(cause);
    }
    run = await this.#end(run, outcome, writes);
    leave?.();
    this.deps.events.emit({ type: 'finished', run });
    return run;
  }

  /**
   * Stores the outcome, after what the run noted while it worked; the leases go with it. Where the store can't be
   * written the run comes back as it will be stored. Never rejects.
   */
  async #end(run: Run, outcome: Outcome, writes: RunWrites): Promise<Run> {
    const finishedAt = this.deps.now().toISOString();
    let ended: Run = {
      ...run,
      state: outcome.state,
      outcome: this.deps.redactor.told(outcome),
      finishedAt,
      owner: null,
    };
    await this.parts.ownership.unstored.store(ended, async () => {
      await writes.flush();
      ended = (await this.parts.records.finishSurely(run, outcome, finishedAt)) ?? ended;
      await this.#queue.release(run.id);
    });
    return ended;
  }

  /** Waits for what the run touches, then for a place among the runs of this host. Null: `signal` came first. */
  async #waitForTurn(run: Run, signal: AbortSignal): Promise<(() => void) | null> {
    if (!(await this.#queue.wait(run, signal))) return null;
    const { free } = this.deps.runSlots;
    // In the line before anything else is waited for: who comes later must not overtake.
    const turn = this.deps.runSlots.take(run.id, signal);
    if (free) return turn;
    try {
      const owner = this.parts.ownership.id;
      const running = await this.deps.store.runs.list({ owner, states: ['running'], limit: 5 });
      this.deps.events.emit({ type: 'queued', run, waitsFor: running.map(({ id }) => id) });
    } catch (error) {
      void turn.then((leave) => leave?.());
      throw error;
    }
    return turn;
  }

  /** Does what was confirmed. The run comes back with how the steps of its graph stand. */
  async #work(
    running: Run,
    ticket: Ticket,
    signal: AbortSignal,
    writes: RunWrites,
  ): Promise<{ run: Run; outcome: Outcome }> {
    const look = graphLook(this.deps, running, ticket, signal);
    const { outcome, progress } = await execute(this.deps, running, signal, look, writes);
    const run = progress ? { ...running, progress } : running;
    if (outcome.state === 'plan_changed') return { run, outcome: await this.#pause(run, ticket, outcome) };
    const early = signal.aborted && outcome.reason === 'stopped';
    return { run, outcome: early ? outcomes.endedEarly(outcome, signal.reason as StopCause) : outcome };
  }

  /** Asks about the rest of a run of which a step changed in the middle: what is done is left alone. */
  async #pause(run: Run, ticket: Ticket, outcome: Outcome): Promise<Outcome> {
    if (this.parts.closing.aborted) return outcomes.endedEarly(outcome, { kind: 'shutdown' });
    // Where nothing is done yet there is nothing to leave alone.
    const more = finishedIn(run).size > 0 ? { resumes: run.id } : {};
    try {
      await this.deps.store.runs.patch(run.id, { progress: run.progress });
      const successor = await this.#askAgain(run, ticket, more);
      return outcomes.paused(outcome, successor.id, isAnswerable(successor));
    } catch (error) {
      this.deps.log.error({ err: error, runId: run.id }, 'the rest of a run could not be asked about');
      return outcomes.notAskedAgain(outcome, causeOf(error));
    }
  }

  /** The new plan is the same one's wish, and nobody has agreed to it yet. */
  #askAgain(run: Run, ticket: Ticket, more: Pick<RunRequest, 'resumes'> = {}): Promise<Run> {
    const request = { ...requestOf(run, run.actor), ...more, previous: run.id };
    return this.parts.prepare({ ...ticket, request }, run.shown ?? undefined);
  }

  /** A record that can't be written before running means that nothing runs. */
  async #begin(run: Run): Promise<Run> {
    const patch = { startedAt: this.deps.now().toISOString() };
    const running = await this.parts.records.move(run, 'running', patch, 'running', run.actor);
    if (!running) throw new Error(`run ${run.id} left the queue by another hand`);
    this.deps.events.emit({ type: 'running', run: running });
    return running;
  }
}
