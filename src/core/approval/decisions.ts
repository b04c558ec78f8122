import { authorize, type Right, runSubjects } from '../access/authorize.js';
import { heldBack } from '../access/locks.js';
import { notAsker } from '../access/refusals.js';
import type { RuleDeps } from '../access/rule-now.js';
import { ruleNow } from '../access/rule-now.js';
import { chainOf } from '../intent/chain.js';
import { NOTHING_SAID } from '../model/confirm-rule.js';
import {
  type Consent,
  consentOf,
  isPerson,
  needsOthers,
  nextYes,
  tightened,
  wantedBy,
  type Yes,
} from '../model/consent.js';
import { isLarge } from '../model/large-deletion.js';
import { stacksOfPlan } from '../model/lock.js';
import { requestOf } from '../model/new-run.js';
import type { Notice } from '../model/reasons.js';
import { type Actor, actorRef, type RunRequest, sameActor } from '../model/request.js';
import type { Run } from '../model/run.js';
import { hasRole } from '../policy/judge.js';
import type { Voice } from '../policy/wording.js';
import type { CoreDeps } from '../ports/deps.js';
import {
  askerGone,
  askerUnchecked,
  needsApproval,
  needsPerson,
  notInDiscord,
  ownApproval,
  roleMissing,
  wrongName,
} from './consent-refusals.js';

/** What a preview can be answered with. The second person approves or rejects; the others confirm or cancel. */
export type Answer = 'confirm' | 'cancel' | 'approve' | 'reject';

/** Somebody answers a preview. */
export interface Press {
  /** With the rights of this moment. */
  readonly actor: Actor;
  readonly answer: Answer;
  /** The name that they typed, where one was asked for. */
  readonly typed?: string;
  /** The person who wants the run, with the rights of this moment; null: not known, for nobody has asked or could. */
  readonly wantedBy: Actor | 'gone' | null;
}

/** What an answer does. `consent` is what is asked for now, with the answer in it when it counts. */
export type Verdict = { readonly consent: Consent } & (
  | { readonly does: 'begin'; readonly request: RunRequest }
  /** The first of two people has agreed. */
  | { readonly does: 'note' }
  | { readonly does: 'end' }
  | { readonly does: 'nothing'; readonly notice: Notice }
);

type WeighDeps = RuleDeps & Pick<CoreDeps, 'store' | 'settings' | 'policy' | 'requests' | 'now'>;

/**
 * Judges an answer by the rights, rules and locks of this moment. A rule that was looser when the run was
 * prepared counts as it is now; one that was stricter counts as it was. Asked at the press, and again right
 * before the run begins.
 */
export async function weigh(deps: WeighDeps, run: Run, press: Press, voice: Voice = 'you'): Promise<Verdict> {
  const intent = deps.catalogue.find(run.intent);
  const rule = intent ? ruleNow(deps, chainOf(deps.catalogue, intent)) : NOTHING_SAID;
  const large = isLarge(run.plan, deps.settings.people.largeDeletion);
  const asked = { ...run, consent: tightened(consentOf(run), rule, large) };
  const subjects = runSubjects(deps.catalogue, run);
  const undoes = run.plan.undoes !== undefined;
  const may: May = (actor, right, anyTime = undoes) =>
    authorize(deps, actor, right, subjects, {
      anyTime,
      // Who presses reads the answer; somebody else in it is called by their name.
      voice: sameActor(actor, press.actor) ? voice : 'name',
    });
  const verdict = judge(asked, press, may, deps.now().toISOString());
  if (verdict.does !== 'begin' && verdict.does !== 'note') return verdict;
  const held = await heldBack(deps, stacksOfPlan(run.plan));
  return held ? { does: 'nothing', consent: asked.consent, notice: held } : verdict;
}

/** `anyTime`: freezes and windows don't count. */
type May = (actor: Actor, right: Right, anyTime?: boolean) => Notice | null;

/** What an answer does to a run that waits. `at` is now, in ISO 8601. */
export function judge(run: Run, press: Press, may: May, at: string): Verdict {
  const consent = consentOf(run);
  const notice = WHY_NOT[press.answer](run, press, may);
  if (notice) return { does: 'nothing', consent, notice };
  if (press.answer === 'cancel' || press.answer === 'reject') return { does: 'end', consent };
  const yes: Yes = { by: actorRef(press.actor), at, fingerprint: run.plan.fingerprint };
  if (press.answer === 'approve') {
    const runner = press.wantedBy === null || press.wantedBy === 'gone' ? press.actor : press.wantedBy;
    return { does: 'begin', consent: { ...consent, approved: yes }, request: requestOf(run, runner) };
  }
  if (consent.confirm === 'two_people') return { does: 'note', consent: { ...consent, confirmed: yes } };
  return { does: 'begin', consent, request: requestOf(run, press.actor) };
}

type WhyNot = (run: Run, press: Press, may: May) => Notice | null;

/** Null: the answer counts. */
const WHY_NOT: Readonly<Record<Answer, WhyNot>> = {
  confirm: (run, press, may) => {
    const { actor } = press;
    if (nextYes(run) === 'approve') return needsApproval(run);
    if (!needsOthers(run)) {
      if (!sameActor(actor, run.actor)) return notAsker(run);
    } else if (!isPerson(actor)) return needsPerson(run);
    const begins = consentOf(run).confirm !== 'two_people';
    return may(actor, 'run') ?? (begins ? nameMissing(run, press) : null);
  },

  approve: (run, press, may) => {
    const wanted = wantedBy(run);
    if (consentOf(run).confirm !== 'two_people') return notAsker(run);
    if (!wanted) return needsPerson(run);
    // The asker comes last: who is asked about them need not be, where something else speaks against the answer.
    const denied = notSecond(run, press.actor, may) ?? nameMissing(run, press);
    if (denied) return denied;
    if (press.wantedBy === 'gone') return askerGone(wanted);
    if (press.wantedBy === null || !sameActor(press.wantedBy, wanted)) return askerUnchecked(run, wanted);
    return may(press.wantedBy, 'run');
  },

  reject: (run, { actor }, may) =>
    consentOf(run).confirm === 'two_people' ? notSecond(run, actor, may) : notAsker(run),

  cancel: (run, { actor }, may) => {
    const wanted = wantedBy(run);
    const nobodyAsked = needsOthers(run) && !isPerson(run.actor) && isPerson(actor);
    const own = sameActor(actor, run.actor) || (wanted !== null && sameActor(actor, wanted));
    return own || nobodyAsked ? may(actor, 'run', true) : notAsker(run);
  },
};

/** Why this actor can't be the second person. Only people in Discord are told apart well enough to be one. */
function notSecond(run: Run, actor: Actor, may: May): Notice | null {
  const wanted = wantedBy(run);
  if (sameActor(actor, run.actor) || (wanted && sameActor(actor, wanted))) return ownApproval(run);
  if (actor.kind !== 'user') return notInDiscord(run);
  const denied = may(actor, 'approve');
  if (denied) return denied;
  const lacking = consentOf(run).approverRoles.find((role) => !hasRole(actor, role));
  return lacking === undefined ? null : roleMissing(run, lacking);
}

/** A schedule and a webhook can't type; what they may begin alone was decided by who wrote it down. */
function nameMissing(run: Run, { actor, typed }: Press): Notice | null {
  if (!consentOf(run).typed || actor.kind === 'schedule' || actor.kind === 'webhook') return null;
  return typed?.trim().toLowerCase() === run.intent.toLowerCase() ? null : wrongName(run, typed);
}
