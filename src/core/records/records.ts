import { alertOf, denialAlert, notBegunAlert } from '../model/alert-rules.js';
import { isUnattended } from '../model/attended.js';
import type { AuditEntry } from '../model/audit.js';
import type { NewAlert } from '../model/incident.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Json } from '../model/plan.js';
import type { Notice } from '../model/reasons.js';
import { type Actor, type ActorRef, actorRef, type RunRequest } from '../model/request.js';
import { isFinal, type Outcome, type Run, type RunPatch, type RunState } from '../model/run.js';
import { newRunId } from '../model/run-id.js';
import type { ScheduleTie } from '../model/schedule-tie.js';
import type { Refusal } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';

/** A request's intent name is a stranger's text until it was found. */
const LONGEST_NAME = 100;

type RecordDeps = Pick<CoreDeps, 'store' | 'catalogue' | 'redactor' | 'events' | 'refusals' | 'log' | 'now'>;

/** Writes runs and their audit rows: every change of state is one compare-and-set with its row. */
export class Records {
  constructor(private readonly deps: RecordDeps) {}

  /** Stores a new run; draws another id when the first one is taken. */
  async create(draft: Run, tie?: ScheduleTie): Promise<Run> {
    let run = draft;
    for (let taken = 1; ; taken += 1) {
      const detail = { fingerprint: run.plan.fingerprint, dryRun: run.dryRun };
      const audit = this.#entry(run, 'planned', run.actor, detail);
      if (await this.deps.store.runs.insert(run, audit, tie)) return run;
      run = { ...run, id: newRunId(taken) };
    }
  }

  /** Gives a run that was recorded before its plan was made its plan. */
  async planned(run: Run): Promise<Run> {
    const detail = { fingerprint: run.plan.fingerprint, dryRun: run.dryRun };
    const patch = { owner: run.owner, ...(run.consent ? { consent: run.consent } : {}) };
    await this.deps.store.runs.replan(
      run.id,
      run.plan,
      patch,
      this.#entry(run, 'planned', run.actor, detail),
    );
    return run;
  }

  /** Moves a run on; null when it is no longer in the state that `run` shows. */
  async move(run: Run, to: RunState, patch: RunPatch, event: string, by: ActorRef): Promise<Run | null> {
    const audit = this.#entry(run, event, by, {});
    const moved = await this.deps.store.runs.transition(run.id, run.state, to, patch, audit);
    return moved ? { ...run, ...patch, state: to } : null;
  }

  /** {@link move} by somebody's yes to this plan; null also when somebody else has answered since `run` was read. */
  async agreed(run: Run, to: RunState, patch: RunPatch, event: string, by: ActorRef): Promise<Run | null> {
    const audit = this.#entry(run, event, by, { fingerprint: run.plan.fingerprint });
    const onlyIf = { consent: run.consent };
    const moved = await this.deps.store.runs.transition(run.id, run.state, to, patch, audit, { onlyIf });
    return moved ? { ...run, ...patch, state: to } : null;
  }

  /**
   * Ends a run, by somebody's answer to its preview or by itself, with how the steps of its graph stand; null when it is
   * no longer as `run` shows it.
   */
  async finish(run: Run, outcome: Outcome, by?: ActorRef, event = 'finished'): Promise<Run | null> {
    const clean = this.deps.redactor.told(outcome);
    const decided = by ? { decidedBy: actorRef(by) } : {};
    const finishedAt = run.finishedAt ?? this.deps.now().toISOString();
    const progress = run.plan.graph && run.progress ? { progress: run.progress } : {};
    const patch = { outcome: clean, finishedAt, owner: null, ...decided, ...progress };
    const ended = { ...run, ...patch, state: clean.state };
    const audit = this.#entry(run, event, by ?? run.actor, { state: clean.state, reason: clean.reason });
    const alert = alertOf(ended, finishedAt);
    const moved = await this.deps.store.runs.transition(run.id, run.state, clean.state, patch, audit, {
      alert,
    });
    return moved ? ended : null;
  }

  /**
   * {@link finish} for a run of this process, whatever state the store has it in by now: a change that seemed to fail
   * may have been made. Null when it has ended already, or is another's.
   */
  async finishSurely(run: Run, outcome: Outcome, finishedAt: string): Promise<Run | null> {
    const ended = await this.finish({ ...run, finishedAt }, outcome);
    if (ended) return ended;
    const now = await this.deps.store.runs.get(run.id);
    if (!now || isFinal(now.state) || now.owner !== run.owner) return null;
    return this.finish({ ...run, finishedAt, state: now.state }, outcome);
  }

  /** Turns an attempt down, beside a run: it is kept, and told to listeners. `times`: as often, at once. */
  deny(request: RunRequest, runId: string | null, notice: Notice, times = 1): Promise<Refusal> {
    return this.#refuse(request, runId, notice, () => null, times);
  }

  /**
   * {@link deny} for what can't begin, so that nothing comes of the request: where nobody sees the answer, that is an
   * alert. A schedule looks again later, and raises its own.
   */
  turnDown(request: RunRequest, notice: Notice, runId: string | null = null): Promise<Refusal> {
    const raises = !request.dryRun && request.source !== 'schedule' && isUnattended(request);
    return this.#refuse(request, runId, notice, ({ intent, actor, at }) => {
      if (!raises) return null;
      const about = { name: intent, intent: this.deps.catalogue.find(request.intent) };
      const { message, remedy, code: reason } = this.deps.redactor.told(notice);
      const text = [phrase`${asker(request.actor)} could not run it. ${message}`, remedy];
      return notBegunAlert({ ...about, by: actor, reason, text, at });
    });
  }

  async #refuse(
    request: RunRequest,
    runId: string | null,
    notice: Notice,
    alert: (refused: { intent: string; actor: ActorRef; at: string }) => NewAlert | null,
    times = 1,
  ): Promise<Refusal> {
    const at = this.deps.now().toISOString();
    const actor = actorRef(request.actor);
    const intent = this.deps.redactor.text(request.intent).slice(0, LONGEST_NAME);
    const reason = notice.code;
    await this.deps.refusals.keep({
      entry: { at, actor, source: request.source, runId, intent },
      reason,
      alert: denialAlert({ by: actor, intent, reason, runId, at }) ?? alert({ intent, actor, at }),
      times,
    });
    this.deps.events.emit({ type: 'denied', request, notice });
    return { ok: false, notice };
  }

  async stopRequested(run: Run, by: ActorRef): Promise<void> {
    await this.deps.store.audit.append(this.#entry(run, 'stop_requested', by, {}));
    await this.deps.store.runs.patch(run.id, { stopRequestedBy: by });
  }

  #entry(run: Run, event: string, actor: ActorRef, detail: Json): AuditEntry {
    const { id, intent, source } = run;
    const at = this.deps.now().toISOString();
    return { at, event, actor: actorRef(actor), source, runId: id, intent, detail };
  }
}

function asker({ kind, name }: Actor): Phrase {
  return kind === 'webhook' ? phrase`The webhook of ${code(name)}` : phrase`The API key ${code(name)}`;
}
