import { examine, viewableIntents, visibleIntents } from './admission.js';
import { authorize, mayEnd, type Right, runSubjects, type Subject } from './authorize.js';
import type { CoreDeps } from './deps.js';
import type { EventBus } from './events.js';
import { execute } from './execution.js';
import { isSamePlan } from './fingerprint.js';
import type { Intent } from './intent/intent.js';
import { newRun, requestOf } from './new-run.js';
import { outcomes } from './outcomes.js';
import type { Ownership, StopCause } from './ownership.js';
import { checkArtifacts } from './params.js';
import { blockersOf, type Plan } from './plan.js';
import { emptyPlan, makePlan } from './planning.js';
import { barred } from './policy/wording.js';
import { LeaseQueue } from './queue.js';
import type { Notice } from './reasons.js';
import { Records } from './records.js';
import { alreadyDecided, notActive, notAsker, overdue, shuttingDown, unknownRun } from './refusals.js';
import { type Action, type Actor, actorRef, type RunRequest, sameActor } from './request.js';
import type { Outcome, Run, Shown } from './run.js';
import { newRunId } from './run-id.js';
import { readStatus, type StackStatus } from './status.js';
import type { Admission, Refusal, Ticket } from './ticket.js';
import { checkUndo } from './undo.js';
import { explainIntent, type Why } from './why.js';

export type { Right } from './authorize.js';
export type { Admission, Refusal, Ticket } from './ticket.js';

/** `done` resolves with the run in its final state, and never rejects. */
export type Decision = { readonly ok: true; readonly run: Run; readonly done: Promise<Run> } | Refusal;

/** The only way to make anything happen. Refusals are results; only bugs and a broken store throw. */
export interface Pipeline {
  readonly events: EventBus;
  /** Finds the intent and checks the actor's rights. Answers at once: nothing is probed. */
  admit(request: RunRequest): Promise<Admission>;
  /**
   * Plans and records the run. It comes back as `awaiting`, as `planned` (a dry run) or as `refused` with an
   * outcome (blockers, or a plan that couldn't be made).
   */
  prepare(ticket: Ticket, shown?: Shown): Promise<Run>;
  /** Answers a preview. After `confirm` the run goes on by itself; follow `events` or await `done`. */
  decide(runId: string, actor: Actor, answer: 'confirm' | 'cancel'): Promise<Decision>;
  /** Ends a queued or running run; works on another process's run too. */
  stop(runId: string, actor: Actor): Promise<{ readonly ok: true; readonly run: Run } | Refusal>;
  /** Null when allowed, else why not. */
  check(actor: Actor, right: Right, subject: Subject): Notice | null;
  /** The intents that this actor may run, sorted by name. */
  visible(actor: Actor, action?: Action): readonly Intent[];
  /** The intents that this actor may see, sorted by name. */
  viewable(actor: Actor): readonly Intent[];
  /** Null when this actor has any right at all here, else what they are told. */
  barred(actor: Actor): Notice | null;
  /** What this actor may do with an intent, and which rule says so. */
  why(actor: Actor, intent: string): Why;
  /** What runs in the stacks of the intents that this actor may run, and what was last done to them. */
  status(actor: Actor): Promise<readonly StackStatus[]>;
  /** Remembers where a run is shown. */
  show(runId: string, shown: Shown): Promise<void>;
  /** People have been told the outcome where the run is shown. */
  reported(runId: string): Promise<void>;
  /** Expires previews that nobody answered in time. */
  expireOverdue(): Promise<void>;
  /** Takes no new runs; lets running ones end for `graceMs`, then stops them and waits until they have tidied up. */
  shutdown(graceMs: number): Promise<void>;
}

/** Starts the story. `ownership` must have been started. */
export function createPipeline(deps: CoreDeps, ownership: Ownership): Pipeline {
  return new Story(deps, ownership);
}

class Story implements Pipeline {
  readonly events: EventBus;
  readonly #records: Records;
  readonly #queue: LeaseQueue;
  /** Aborted when the process shuts down: ends probes that are under way. */
  readonly #closing = new AbortController();

  constructor(
    private readonly deps: CoreDeps,
    private readonly ownership: Ownership,
  ) {
    this.events = deps.events;
    this.#records = new Records(deps);
    this.#queue = new LeaseQueue(deps, ownership.id, () => ownership.recoverDead());
  }

  async admit(request: RunRequest): Promise<Admission> {
    if (this.#closing.signal.aborted) return this.#deny(request, null, shuttingDown());
    const admission = examine(this.deps, request, this.deps.now());
    if (!admission.ok) return this.#deny(request, null, admission.notice);
    const { artifacts } = this.deps.store;
    const denied =
      (await checkUndo(this.deps, request)) ?? (await checkArtifacts(artifacts, admission.ticket));
    return denied ? this.#deny(request, null, denied) : admission;
  }

  async prepare(ticket: Ticket, shown?: Shown): Promise<Run> {
    const id = newRunId(0);
    const plannedAt = this.deps.now();
    const plan = await this.#plan(ticket, id, plannedAt);
    const planned = await this.#records.create(
      newRun(id, ticket, plan ?? emptyPlan(ticket, plannedAt), {
        createdAt: plannedAt.toISOString(),
        owner: ticket.request.dryRun ? null : this.ownership.id,
        shown: shown ?? null,
      }),
    );
    const run = await this.#open(planned, plan === null ? outcomes.planFailed() : blocked(planned.plan));
    this.events.emit({ type: 'planned', run });
    return run;
  }

  async decide(runId: string, actor: Actor, answer: 'confirm' | 'cancel'): Promise<Decision> {
    const run = await this.deps.store.runs.get(runId);
    if (!run) return unknownRun(runId);
    if (run.state !== 'awaiting') return alreadyDecided(run);
    if (isOverdue(run, this.deps.now())) {
      await this.#expire(run);
      return overdue(run);
    }
    const request = requestOf(run, actor);
    const denied = sameActor(actor, run.actor) ? this.#mayAnswer(run, actor, answer) : notAsker(run);
    if (denied) return this.#deny(request, run.id, denied);
    if (answer === 'cancel') return this.#cancel(run);
    if (this.#closing.signal.aborted) return this.#deny(request, run.id, shuttingDown());

    const patch = {
      decidedBy: actorRef(actor),
      queuedAt: this.deps.now().toISOString(),
      owner: this.ownership.id,
    };
    const queued = await this.#records.move(run, 'queued', patch, 'confirmed', actor);
    if (!queued) return this.#tooLate(run);
    const done = this.ownership.carry(run.id, (signal) => this.#drive(queued, request, signal));
    return { ok: true, run: queued, done };
  }

  /** From `queued` to the end: record the outcome, release the leases, tell people. Never rejects. */
  async #drive(queued: Run, request: RunRequest, signal: AbortSignal): Promise<Run> {
    let run = queued;
    let outcome: Outcome;
    try {
      this.events.emit({ type: 'queued', run, waitsFor: [] });
      const early = await this.#waitAndPlanAgain(run, request, signal);
      if (early) {
        outcome = early;
      } else {
        run = await this.#begin(run);
        outcome = await execute(this.deps, run, signal);
        if (signal.aborted && outcome.reason === 'stopped')
          outcome = outcomes.endedEarly(outcome, signal.reason as StopCause);
      }
    } catch (error) {
      this.deps.log.error({ err: error, runId: run.id }, 'a run failed through a defect');
      outcome = run.state === 'running' ? outcomes.bug() : outcomes.unrecorded();
    }
    try {
      run = (await this.#records.finishSurely(run, outcome)) ?? run;
      await this.#queue.release(run.id);
    } catch (error) {
      this.deps.log.error({ err: error, runId: run.id }, 'the outcome could not be stored');
      run = { ...run, state: outcome.state, outcome: this.deps.redactor.data(outcome) };
    }
    this.events.emit({ type: 'finished', run });
    return run;
  }

  /** Null when the run may begin with its stored plan. */
  async #waitAndPlanAgain(run: Run, request: RunRequest, signal: AbortSignal): Promise<Outcome | null> {
    if (!(await this.#queue.wait(run, signal))) return outcomes.endedInQueue(signal.reason as StopCause);
    const plannedAt = new Date(run.plan.plannedAt);
    const admission = examine(this.deps, request, plannedAt, 'name');
    if (!admission.ok) return outcomes.refused(admission.notice);
    const now = await this.#plan(admission.ticket, run.id, plannedAt, signal);
    if (signal.aborted) return outcomes.endedInQueue(signal.reason as StopCause);
    if (now === null) return outcomes.planFailed();
    if (blockersOf(now).length === 0 && isSamePlan(run.plan, now))
      return this.#refusedNow(request, plannedAt);
    const ticket = { ...admission.ticket, request: { ...request, previous: run.id } };
    const successor = await this.prepare(ticket, run.shown ?? undefined);
    return outcomes.planChanged(successor.id);
  }

  /** Planning takes its time, and the policy may have changed meanwhile. */
  #refusedNow(request: RunRequest, plannedAt: Date): Outcome | null {
    const admission = examine(this.deps, request, plannedAt, 'name');
    return admission.ok ? null : outcomes.refused(admission.notice);
  }

  #mayAnswer(run: Run, actor: Actor, answer: 'confirm' | 'cancel'): Notice | null {
    const subjects = runSubjects(this.deps.catalogue, run);
    if (answer === 'cancel') return mayEnd(this.deps, actor, run, subjects);
    return authorize(this.deps, actor, 'run', subjects, { anyTime: run.plan.undoes !== undefined });
  }

  /** A record that can't be written before running means that nothing runs. */
  async #begin(run: Run): Promise<Run> {
    const patch = { startedAt: this.deps.now().toISOString() };
    const running = await this.#records.move(run, 'running', patch, 'running', run.actor);
    if (!running) throw new Error(`run ${run.id} left the queue by another hand`);
    this.events.emit({ type: 'running', run: running });
    return running;
  }

  async stop(runId: string, actor: Actor): Promise<{ readonly ok: true; readonly run: Run } | Refusal> {
    const run = await this.deps.store.runs.get(runId);
    if (!run) return unknownRun(runId);
    if (run.state !== 'queued' && run.state !== 'running') {
      return notActive(run);
    }
    const denied = mayEnd(this.deps, actor, run, runSubjects(this.deps.catalogue, run));
    if (denied) return this.#deny(requestOf(run, actor), run.id, denied);
    await this.#records.stopRequested(run, actorRef(actor));
    this.ownership.abort(run.id, { kind: 'stop', by: actorRef(actor) });
    return { ok: true, run };
  }

  check(actor: Actor, right: Right, subject: Subject): Notice | null {
    const { intent, action, stack } = subject;
    const known = intent !== null && action !== null && stack !== null;
    const subjects = known
      ? runSubjects(this.deps.catalogue, { intent, action, stack })
      : ([subject] as const);
    return authorize(this.deps, actor, right, subjects);
  }

  visible(actor: Actor, action?: Action): readonly Intent[] {
    return visibleIntents(this.deps, actor, action);
  }

  viewable(actor: Actor): readonly Intent[] {
    return viewableIntents(this.deps, actor);
  }

  barred(actor: Actor): Notice | null {
    return barred(this.deps.policy.rules(), actor, 'you');
  }

  why(actor: Actor, intent: string): Why {
    return explainIntent(this.deps, actor, intent);
  }

  status(actor: Actor): Promise<readonly StackStatus[]> {
    return readStatus(this.deps, actor, this.#closing.signal);
  }

  async show(runId: string, shown: Shown): Promise<void> {
    await this.deps.store.runs.patch(runId, { shown });
  }

  async reported(runId: string): Promise<void> {
    await this.deps.store.runs.patch(runId, { reported: true });
  }

  async expireOverdue(): Promise<void> {
    const expiredAt = this.deps.now().toISOString();
    for (const { id } of await this.deps.store.runs.list({ states: ['awaiting'], expiredAt, limit: 100 })) {
      const run = await this.deps.store.runs.get(id);
      if (run?.state === 'awaiting') await this.#expire(run);
    }
  }

  async shutdown(graceMs: number): Promise<void> {
    this.#closing.abort();
    await this.ownership.shutdown(graceMs);
  }

  /** Null when an executor has a bug or the process is closing; the bug is logged. */
  async #plan(ticket: Ticket, runId: string, plannedAt: Date, signal?: AbortSignal): Promise<Plan | null> {
    const either = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    try {
      const scope = { runId, plannedAt, signal: either };
      return await this.deps.planningSlot(() => makePlan(this.deps, ticket, scope));
    } catch (error) {
      this.deps.log.error(
        { err: error, runId, intent: ticket.intent.name },
        'planning failed through a defect',
      );
      return null;
    }
  }

  /** Opens a recorded plan for confirmation, unless it is a dry run or can't run. */
  async #open(planned: Run, refusal: Outcome | null): Promise<Run> {
    if (refusal) return (await this.#records.finish(planned, refusal)) ?? planned;
    if (planned.dryRun) return planned;
    const expiresAt = new Date(
      this.deps.now().getTime() + this.deps.settings.confirmTtlSeconds * 1000,
    ).toISOString();
    const patch = { expiresAt, owner: null };
    return (await this.#records.move(planned, 'awaiting', patch, 'awaiting', planned.actor)) ?? planned;
  }

  async #cancel(run: Run): Promise<Decision> {
    const cancelled = await this.#records.finish(run, outcomes.cancelled());
    if (!cancelled) return this.#tooLate(run);
    this.events.emit({ type: 'finished', run: cancelled });
    return { ok: true, run: cancelled, done: Promise.resolve(cancelled) };
  }

  async #expire(run: Run): Promise<void> {
    const expired = await this.#records.finish(run, outcomes.expired());
    if (expired) this.events.emit({ type: 'finished', run: expired });
  }

  async #tooLate(run: Run): Promise<Refusal> {
    return alreadyDecided((await this.deps.store.runs.get(run.id)) ?? run);
  }

  async #deny(request: RunRequest, runId: string | null, reason: Notice): Promise<Refusal> {
    await this.#records.refused(request, runId, reason.code);
    this.events.emit({ type: 'denied', request, notice: reason });
    return { ok: false, notice: reason };
  }
}

function blocked(plan: Plan): Outcome | null {
  const blockers = blockersOf(plan);
  return blockers.length > 0 ? outcomes.blocked(blockers) : null;
}

function isOverdue(run: Run, now: Date): boolean {
  return run.expiresAt !== null && Date.parse(run.expiresAt) <= now.getTime();
}
