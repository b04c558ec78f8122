import { setMaxListeners } from 'node:events';
import { authorize, mayEnd, type Right, runSubjects, type Subject } from './access/authorize.js';
import { tooManyByPerson } from './access/limits.js';
import { createLocks, heldBack, type Locks } from './access/locks.js';
import { isFact, notActive, shuttingDown, unknownRun } from './access/refusals.js';
import { examine, mayBegin, viewableIntents, visibleIntents } from './admission/admission.js';
import { asResumed } from './admission/resume.js';
import { explainIntent, type Why } from './admission/why.js';
import { type Answering, Answers } from './approval/answers.js';
import type { Answer } from './approval/decisions.js';
import { Driver } from './execution/driver.js';
import { faultNow } from './faults/store-watch.js';
import { commitOf } from './model/commit.js';
import { needsOthers } from './model/consent.js';
import type { Intent } from './model/intent.js';
import { stacksOfPlan } from './model/lock.js';
import { requestOf } from './model/new-run.js';
import { nothingToDo } from './model/nothing-to-do.js';
import { blockersOf } from './model/plan.js';
import type { Notice } from './model/reasons.js';
import { type Action, type Actor, type ActorRef, actorRef, type RunRequest } from './model/request.js';
import { isBeingPlanned, type Outcome, type Run, type RunSummary, type Shown } from './model/run.js';
import type { Admission, Refusal, Ticket } from './model/ticket.js';
import { Planner } from './planning/planner.js';
import { Preparation } from './planning/preparation.js';
import { barred } from './policy/wording.js';
import type { CoreDeps } from './ports/deps.js';
import type { EventBus } from './ports/events.js';
import { StoreError } from './ports/store.js';
import { outcomes } from './records/outcomes.js';
import type { Ownership } from './records/ownership.js';
import { Records } from './records/records.js';
import { asSeen } from './records/seen-runs.js';
import { atMost } from './text/at-most.js';
import { readStatus, type StackStatus } from './views/status.js';

/** How long a stop waits to be noted before it is done, in ms. */
const STOP_NOTED_MS = 2000;

export type { Right } from './access/authorize.js';
export type { Admission, Refusal, Ticket } from './model/ticket.js';

/**
 * `done` resolves with the run in its final state, or as it waits on when the first of two people has agreed;
 * it never rejects.
 */
export type Decision = { readonly ok: true; readonly run: Run; readonly done: Promise<Run> } | Refusal;

/** The only way to make anything happen. Refusals are results; only bugs and a broken store throw. */
export interface Pipeline {
  readonly events: EventBus;
  /** Finds the intent and checks the actor's rights. Answers at once: nothing is probed. */
  admit(request: RunRequest): Promise<Admission>;
  /** Turns an admitted request down that its entrance can't take as it is: kept and told like any other refusal. */
  turnDown(request: RunRequest, notice: Notice): Promise<Refusal>;
  /**
   * Plans and records the run. It comes back as `awaiting`, as `planned` (a dry run), as `refused` with an
   * outcome (blockers, or a plan that couldn't be made), or as `succeeded` where there is nothing to do.
   */
  prepare(ticket: Ticket, shown?: Shown): Promise<Run>;
  /** Answers a preview. After the last yes the run goes on by itself; follow `events` or await `done`. */
  decide(runId: string, actor: Actor, answer: Answer, also?: Answering): Promise<Decision>;
  /** Why that answer would not count now; null: it would. Changes nothing. */
  foresee(runId: string, actor: Actor, answer: Answer, also?: Answering): Promise<Notice | null>;
  /**
   * So many further presses on this run got the refusal that the same person just got, and were not judged again: they
   * are counted.
   */
  deniedAgain(runId: string, actor: Actor, notice: Notice, times: number): Promise<void>;
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
  /** People's holds on stacks. */
  readonly locks: Locks;
  /** Runs as people should read them: one whose process is gone never counts as running. Changes nothing. */
  seen<R extends RunSummary>(runs: readonly R[]): Promise<readonly R[]>;
  /** Remembers where a run is shown; the commit that it came from stays with it. */
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
  readonly locks: Locks;
  readonly #records: Records;
  readonly #answers: Answers;
  readonly #planner: Planner;
  readonly #preparation: Preparation;
  readonly #driver: Driver;
  /** Aborted when the process shuts down: ends probes that are under way. */
  readonly #closing = new AbortController();

  constructor(
    private readonly deps: CoreDeps,
    private readonly ownership: Ownership,
  ) {
    // Each plan that is being made listens to it.
    setMaxListeners(0, this.#closing.signal);
    this.events = deps.events;
    this.locks = createLocks(deps);
    this.#records = new Records(deps);
    this.#answers = new Answers(deps, this.#records, { owner: ownership.id, closing: this.#closing.signal });
    this.#planner = new Planner(deps, this.#closing.signal);
    const parts = { records: this.#records, planner: this.#planner, ownership };
    this.#preparation = new Preparation(deps, parts);
    this.#driver = new Driver(deps, {
      records: this.#records,
      planner: this.#planner,
      ownership,
      closing: this.#closing.signal,
      prepare: (ticket, shown) => this.prepare(ticket, shown),
    });
  }

  async admit(asked: RunRequest): Promise<Admission> {
    if (this.#closing.signal.aborted) return this.#records.turnDown(asked, shuttingDown());
    const fault = this.deps.faults.blocking();
    if (fault) return { ok: false, notice: fault.notice };
    const flooding = await tooManyByPerson(this.deps, asked);
    if (flooding) return this.#records.deny(asked, null, flooding);
    const request = await asResumed(this.deps, asked);
    const admission = examine(this.deps, request, this.deps.now());
    if (!admission.ok) return this.#records.turnDown(request, admission.notice);
    const denied = await mayBegin(this.deps, admission.ticket);
    return denied ? this.#records.turnDown(request, denied) : admission;
  }

  turnDown(request: RunRequest, notice: Notice): Promise<Refusal> {
    return this.#records.turnDown(request, notice);
  }

  async prepare(ticket: Ticket, shown?: Shown): Promise<Run> {
    const { run: planned, failed } = await this.#preparation.prepare(ticket, shown);
    const run = await this.#open(planned, failed ?? (await this.#refusalOf(planned)));
    this.events.emit({ type: 'planned', run });
    return run;
  }

  async decide(runId: string, actor: Actor, answer: Answer, also?: Answering): Promise<Decision> {
    const fault = answer === 'confirm' || answer === 'approve' ? await faultNow(this.deps) : null;
    if (fault) return { ok: false, notice: fault.notice };
    const answered = await this.#answers.take(runId, actor, answer, also);
    if (!answered.ok) return answered;
    const { run, begun } = answered;
    const done = begun
      ? this.ownership.carry(run.id, (signal) => this.#driver.drive(run, begun, signal))
      : Promise.resolve(run);
    return { ok: true, run, done };
  }

  foresee(runId: string, actor: Actor, answer: Answer, also?: Answering): Promise<Notice | null> {
    return this.#answers.foresee(runId, actor, answer, also);
  }

  async stop(runId: string, actor: Actor): Promise<{ readonly ok: true; readonly run: Run } | Refusal> {
    const run = this.ownership.unstored.get(runId) ?? (await this.deps.store.runs.get(runId));
    if (!run) return unknownRun(runId);
    if (run.state !== 'queued' && run.state !== 'running' && !isBeingPlanned(run)) return notActive(run);
    const denied = mayEnd(this.deps, actor, run, runSubjects(this.deps.catalogue, run));
    if (denied) return this.#records.deny(requestOf(run, actor), run.id, denied);
    await this.#stop(run, actorRef(actor));
    return { ok: true, run };
  }

  async deniedAgain(runId: string, actor: Actor, notice: Notice, times: number): Promise<void> {
    if (isFact(notice)) return;
    const run = await this.deps.store.runs.get(runId);
    if (run) await this.#records.deny(requestOf(run, actor), runId, notice, times);
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

  async status(actor: Actor): Promise<readonly StackStatus[]> {
    const stacks = await readStatus(this.deps, actor, this.#closing.signal);
    return Promise.all(stacks.map(async (stack) => ({ ...stack, runs: await this.seen(stack.runs) })));
  }

  seen<R extends RunSummary>(runs: readonly R[]): Promise<readonly R[]> {
    return asSeen(this.deps, runs, this.ownership);
  }

  async show(runId: string, shown: Shown): Promise<void> {
    const run = await this.deps.store.runs.get(runId);
    const commit = run && commitOf(run);
    await this.deps.store.runs.patch(runId, { shown: commit ? { ...shown, commit } : shown });
  }

  async reported(runId: string): Promise<void> {
    await this.deps.store.runs.patch(runId, { reported: true });
  }

  async expireOverdue(): Promise<void> {
    const expiredAt = this.deps.now().toISOString();
    for (const { id } of await this.deps.store.runs.list({ states: ['awaiting'], expiredAt, limit: 100 })) {
      const run = await this.deps.store.runs.get(id);
      if (run?.state === 'awaiting') await this.#answers.expire(run);
    }
  }

  async shutdown(graceMs: number): Promise<void> {
    this.#closing.abort();
    await this.ownership.shutdown(graceMs);
  }

  /** A run of this process is ended also while the store can't be written; another's is told by the store. */
  async #stop(run: Run, by: ActorRef): Promise<void> {
    const noted = this.#records.stopRequested(run, by);
    const abort = (): boolean => this.ownership.abort(run.id, { kind: 'stop', by });
    try {
      await atMost(noted, STOP_NOTED_MS);
    } catch (error) {
      if (!(error instanceof StoreError) || !abort()) throw error;
      this.deps.log.warn({ err: error, runId: run.id }, 'a run is stopped, which could not be noted');
      return;
    }
    if (!abort()) await noted;
  }

  /** Opens a recorded plan for confirmation, unless it is a dry run or can't run. */
  async #open(planned: Run, refusal: Outcome | null): Promise<Run> {
    if (refusal) return (await this.#records.finish(planned, refusal)) ?? planned;
    if (planned.dryRun) return planned;
    const { confirmTtlSeconds, people } = this.deps.settings;
    const seconds = needsOthers(planned) ? people.approvalTtlSeconds : confirmTtlSeconds;
    const expiresAt = new Date(this.deps.now().getTime() + seconds * 1000).toISOString();
    const patch = { expiresAt, owner: null };
    return (await this.#records.move(planned, 'awaiting', patch, 'awaiting', planned.actor)) ?? planned;
  }

  /** How a run ends whose plan can't be confirmed, or has nothing that could be; null: it can. A dry run does nothing that a lock could hold back. */
  async #refusalOf({ plan, dryRun }: Run): Promise<Outcome | null> {
    const blockers = blockersOf(plan);
    if (blockers.length > 0) return outcomes.blocked(blockers);
    const nothing = dryRun ? null : nothingToDo(plan);
    if (nothing) return outcomes.nothingToDo(nothing);
    const held = dryRun ? null : await heldBack(this.deps, stacksOfPlan(plan));
    return held && outcomes.refused(held);
  }
}
