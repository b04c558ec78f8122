import { tooManyAtOnce } from '../access/limits.js';
import { alreadyDecided, overdue, shuttingDown, unknownRun } from '../access/refusals.js';
import { type Consent, consentOf, wantedBy } from '../model/consent.js';
import { requestOf } from '../model/new-run.js';
import type { Notice, ReasonCode } from '../model/reasons.js';
import { type Actor, type ActorRef, actorRef, type RunRequest, sameActor } from '../model/request.js';
import type { Run } from '../model/run.js';
import type { Refusal } from '../model/ticket.js';
import type { CoreDeps } from '../ports/deps.js';
import { outcomes } from '../records/outcomes.js';
import type { Records } from '../records/records.js';
import { canonicalJson } from '../text/canonical.js';
import { type Answer, type Press, type Verdict, weigh } from './decisions.js';

/** What comes along with an answer to a preview. */
export interface Answering {
  /** The name that was typed, where one was asked for. */
  readonly typed?: string;
  /**
   * Finds somebody with the rights of this moment, to look again at the one in whose name a run begins; null when they
   * are gone. Rejects when that can't be found out.
   */
  readonly find?: (who: ActorRef, run: Run) => Promise<Actor | null>;
  /** It is answered in the same breath in which it was planned: nobody has looked at it in between. */
  readonly atOnce?: boolean;
}

/** The last yes that a run needed; it is judged again right before the run begins. */
export interface Begun {
  readonly press: Press;
  /** The run as it waited. */
  readonly waited: Run;
  readonly request: RunRequest;
  /** See {@link Answering.atOnce}. */
  readonly atOnce: boolean;
}

/** The answer counts: the run is queued (`begun`), ended, or waits on for the second person. */
export type Answered = { readonly ok: true; readonly run: Run; readonly begun: Begun | null } | Refusal;

/** The preview waits on for people. */
const ASKS_OTHERS: readonly ReasonCode[] = ['needs_person', 'needs_approval'];

/** Who answers here. */
interface Self {
  /** The owner id of this process. */
  readonly owner: string;
  /** Aborted when it shuts down. */
  readonly closing: AbortSignal;
}

/** Takes answers to previews, up to the point from which a run goes on by itself. */
export class Answers {
  constructor(
    private readonly deps: CoreDeps,
    private readonly records: Records,
    private readonly self: Self,
  ) {}

  async take(runId: string, actor: Actor, answer: Answer, also: Answering = {}): Promise<Answered> {
    const run = await this.#waiting(runId);
    if ('ok' in run) return run;
    const { press, verdict } = await this.#weigh(run, actor, answer, also);
    if (verdict.does === 'nothing') {
      await this.#store(run, verdict.consent, 'rule_tightened', actor);
      return this.#deny(run, press, verdict.notice);
    }
    const taken = await this.#apply(run, press, verdict, also.atOnce === true);
    if (taken) return taken;
    // Somebody else was faster. Where the run waits on all the same, the answer is judged by what is so now.
    const after = (await this.deps.store.runs.get(run.id)) ?? run;
    return after.state === 'awaiting' ? this.take(runId, actor, answer, also) : alreadyDecided(after);
  }

  /** Why the answer would not count now; null: it would. */
  async foresee(runId: string, actor: Actor, answer: Answer, also: Answering = {}): Promise<Notice | null> {
    const run = await this.#waiting(runId);
    if ('ok' in run) return run.notice;
    const { verdict } = await this.#weigh(run, actor, answer, also);
    return verdict.does === 'nothing' ? verdict.notice : null;
  }

  /** The asker is looked up only where nothing else speaks against the answer: Discord may be slow to tell. */
  async #weigh(
    run: Run,
    actor: Actor,
    answer: Answer,
    { typed, find }: Answering,
  ): Promise<{ readonly press: Press; readonly verdict: Verdict }> {
    const wanted = wantedBy(run);
    const press: Press = {
      actor,
      answer,
      ...(typed === undefined ? {} : { typed }),
      // The local operator has no rights that could be taken away.
      wantedBy: wanted?.kind === 'operator' ? wanted : null,
    };
    const verdict = await weigh(this.deps, run, press);
    const asks = verdict.does === 'nothing' && verdict.notice.code === 'asker_unchecked';
    if (!asks || !wanted || !find) return { press, verdict };
    const known = { ...press, wantedBy: await this.#lookUp(run, wanted, find) };
    return { press: known, verdict: await weigh(this.deps, run, known) };
  }

  async #lookUp(
    run: Run,
    wanted: ActorRef,
    find: NonNullable<Answering['find']>,
  ): Promise<Press['wantedBy']> {
    try {
      return (await find(wanted, run)) ?? 'gone';
    } catch (error) {
      this.deps.log.warn({ err: error, runId: run.id }, 'the requester of a run could not be looked up');
      return null;
    }
  }

  async expire(run: Run): Promise<void> {
    const expired = await this.records.finish(run, outcomes.expired());
    if (expired) this.deps.events.emit({ type: 'finished', run: expired });
  }

  /** Null: somebody else has answered since the run was read. */
  async #apply(run: Run, press: Press, verdict: Counting, atOnce: boolean): Promise<Answered | null> {
    const { actor, answer } = press;
    const { consent } = verdict;
    if (verdict.does === 'end') {
      const outcome = answer === 'reject' ? outcomes.rejected(actor) : outcomes.cancelled();
      const ended = await this.records.finish(
        run,
        outcome,
        actor,
        answer === 'reject' ? 'rejected' : 'finished',
      );
      if (ended) this.deps.events.emit({ type: 'finished', run: ended });
      return ended && { ok: true, run: ended, begun: null };
    }
    const begins = verdict.does === 'begin' ? verdict.request : null;
    const notNow = this.self.closing.aborted
      ? shuttingDown()
      : begins && (await tooManyAtOnce(this.deps, begins, actor));
    if (notNow) return this.#deny(run, press, notNow);
    if (verdict.does === 'note') {
      const noted = await this.#store(run, consent, 'confirmed', actor);
      return noted && { ok: true, run: noted, begun: null };
    }
    const queuedAt = this.deps.now().toISOString();
    const patch = { decidedBy: actorRef(actor), queuedAt, owner: this.self.owner, consent };
    const event = answer === 'approve' ? 'approved' : 'confirmed';
    const queued = await this.records.agreed(run, 'queued', patch, event, actor);
    return (
      queued && { ok: true, run: queued, begun: { press, waited: run, request: verdict.request, atOnce } }
    );
  }

  /** Where the one who asked can't let it begin, nothing comes of the request, unless other people are asked. */
  #deny(run: Run, { actor, answer }: Press, notice: Notice): Promise<Refusal> {
    const over = answer === 'confirm' && sameActor(actor, run.actor) && !ASKS_OTHERS.includes(notice.code);
    const request = requestOf(run, actor);
    return over ? this.records.turnDown(request, notice, run.id) : this.records.deny(request, run.id, notice);
  }

  /** Who has to agree, or who has, while the run waits on; null when nothing is new, or it is too late. */
  async #store(run: Run, consent: Consent, event: string, by: Actor): Promise<Run | null> {
    if (canonicalJson(consent) === canonicalJson(consentOf(run))) return null;
    const changed = await this.records.agreed(run, 'awaiting', { consent }, event, by);
    if (changed) this.deps.events.emit({ type: 'consent', run: changed });
    return changed;
  }

  /** The run while it can be answered; else why it can't. */
  async #waiting(runId: string): Promise<Run | Refusal> {
    const run = await this.deps.store.runs.get(runId);
    if (!run) return unknownRun(runId);
    if (run.state !== 'awaiting') return alreadyDecided(run);
    if (!isOverdue(run, this.deps.now())) return run;
    await this.expire(run);
    return overdue(run);
  }
}

type Counting = Exclude<Awaited<ReturnType<typeof weigh>>, { does: 'nothing' }>;

function isOverdue(run: Run, now: Date): boolean {
  return run.expiresAt !== null && Date.parse(run.expiresAt) <= now.getTime();
}
