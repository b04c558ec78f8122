import { code, phrase } from '../../../core/model/phrase.js';
import { type Notice, notice, type ReasonCode } from '../../../core/model/reasons.js';
import type { Actor, Params, Source } from '../../../core/model/request.js';
import type { Run, Shown } from '../../../core/model/run.js';
import type { ScheduleTie } from '../../../core/model/schedule-tie.js';
import type { Ticket } from '../../../core/model/ticket.js';
import type { AuthFailureReason } from '../access/guard.js';
import type { ApiDeps } from './deps.js';

export interface Wish {
  readonly intent: string;
  readonly params: Params;
  readonly dryRun: boolean;
  /** Must everything that fails be put back, as scale and rollout do? */
  readonly rollbackOnFailure: boolean;
  /** The intent's name once more, where a large deletion asks for it. */
  readonly confirm?: string;
  /** Somebody sees the answer. */
  readonly attended?: boolean;
  /** Intents that ran already in this call, and in which runs. */
  readonly alreadyRan?: Readonly<Record<string, string>>;
  /** The run whose finished steps are not repeated. */
  readonly resumes?: string;
  /** It is asked for in place of this schedule. */
  readonly schedule?: ScheduleTie;
}

/** Who asked, and how. */
export interface Asked {
  readonly actor: Actor;
  /** The client's address. */
  readonly from: string;
  /** Default `http`. */
  readonly source?: Source;
  /** Where the run is shown, or comes from. */
  readonly shown?: Shown;
}

/** What became of a wish at once. */
export type Started =
  /** Turned down before it became a run. */
  | { readonly kind: 'refused'; readonly notice: Notice }
  /** It ended with its plan: a dry run, or something is in the way. */
  | { readonly kind: 'planned'; readonly run: Run }
  /** A person has to confirm it. */
  | { readonly kind: 'waits'; readonly run: Run; readonly notice: Notice }
  /** `done` resolves with the run in its final state, and never rejects. */
  | { readonly kind: 'runs'; readonly run: Run; readonly done: Promise<Run> };

/** Confirmations that only a person can give; the run then waits for one. */
const WAITS_FOR_PERSON: readonly string[] = ['needs_person'];

type StartDeps = Pick<ApiDeps, 'pipeline' | 'onAuthFailure'>;

/** Asks for a run and confirms it: whoever calls an API has decided already. */
export async function startRun(
  deps: StartDeps,
  wish: Wish,
  { actor, from, source = 'http', shown }: Asked,
): Promise<Started> {
  const { pipeline } = deps;
  const { intent, params, dryRun } = wish;
  const goesOn = wish.resumes === undefined ? {} : { resumes: wish.resumes };
  const schedule = wish.schedule === undefined ? {} : { schedule: wish.schedule };
  const refused = (notice: Notice): Started => {
    reportDenied(deps, notice, actor, from);
    return { kind: 'refused', notice };
  };
  const attended = wish.attended === true ? { attended: true as const } : {};
  const alreadyRan = wish.alreadyRan === undefined ? {} : { alreadyRan: wish.alreadyRan };
  const request = {
    intent,
    params,
    dryRun,
    ...goesOn,
    ...alreadyRan,
    actor,
    source,
    ...schedule,
    ...attended,
  };
  const admission = await pipeline.admit(request);
  if (!admission.ok) return refused(admission.notice);
  const unkeepable = wish.rollbackOnFailure ? null : cannotLeaveHalfDone(admission.ticket);
  if (unkeepable) return refused((await pipeline.turnDown(admission.ticket.request, unkeepable)).notice);

  const run = await pipeline.prepare(admission.ticket, shown);
  if (run.state !== 'awaiting') return { kind: 'planned', run };
  const typed = wish.confirm === undefined ? {} : { typed: wish.confirm };
  const decision = await pipeline.decide(run.id, actor, 'confirm', { ...typed, atOnce: true });
  if (decision.ok) return { kind: 'runs', run: decision.run, done: decision.done };
  if (WAITS_FOR_PERSON.includes(decision.notice.code)) return { kind: 'waits', run, notice: decision.notice };
  // Nobody else can answer this preview.
  await pipeline.decide(run.id, actor, 'cancel');
  return refused(decision.notice);
}

/** Nobody can answer a preview that replaced a plan which changed, so it is withdrawn. */
export async function withdrawSuccessor({ pipeline }: StartDeps, run: Run, actor: Actor): Promise<void> {
  const successor = run.outcome?.successor;
  if (successor !== undefined) await pipeline.decide(successor, actor, 'cancel');
}

export function succeeded(run: Run): boolean {
  return run.state === 'succeeded' || (run.state === 'planned' && run.dryRun);
}

const DENIALS: Readonly<Partial<Record<ReasonCode, AuthFailureReason>>> = {
  not_allowed: 'policy',
  not_asker: 'policy',
  label_mismatch: 'label_mismatch',
};

/** Tells of a refusal of the core that concerns rights. */
export function reportDenied(
  { onAuthFailure }: Pick<ApiDeps, 'onAuthFailure'>,
  { code: reasonCode }: Notice,
  actor: Actor,
  from: string,
): void {
  const reason = DENIALS[reasonCode];
  if (reason) onAuthFailure({ reason, from: `${actor.name} (${from})` });
}

/** Scale and rollout always go back to what ran before when they fail; that can't be switched off. */
function cannotLeaveHalfDone({ intent, chain }: Ticket): Notice | null {
  const step = chain.flatMap((link) => link.steps).find(({ action }) => action !== 'backup');
  if (!step) return null;
  return notice(
    'params_invalid',
    phrase`${code(intent.name)} has a ${step.action}, which always goes back to what ran before when it fails.`,
    phrase`Leave ${code('rollback_on_failure')} out, or make it true.`,
  );
}
