import { type ConfirmRule, NOTHING_SAID, stricter } from './confirm-rule.js';
import type { ActorRef, Source } from './request.js';

/** Somebody said yes to one plan. */
export interface Yes {
  readonly by: ActorRef;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Of the plan that they saw. */
  readonly fingerprint: string;
}

/** Who has to agree before a run begins, as it was when the run was prepared or stricter since, and who has. */
export interface Consent extends ConfirmRule {
  /** The intent's name has to be typed. */
  readonly typed: boolean;
  /** The person who wants a run that no person asked for; only where two people are needed. */
  readonly confirmed: Yes | null;
  /** The second person. */
  readonly approved: Yes | null;
}

/** What of a run is looked at here. */
interface Asked {
  readonly actor: ActorRef;
  readonly source: Source;
  readonly consent?: Consent;
}
type Waiting = Pick<Asked, 'actor' | 'consent'>;

/** What a new run asks for; nobody has agreed yet. */
export function askedConsent(rule: ConfirmRule, typed: boolean): Consent {
  return { ...rule, typed, confirmed: null, approved: null };
}

export function consentOf({ consent }: Pick<Asked, 'consent'>): Consent {
  return consent ?? askedConsent(NOTHING_SAID, false);
}

/** The consent as it is asked for now: rules that became stricter since count, rules that became looser don't. */
export function tightened(consent: Consent, now: ConfirmRule, typed: boolean): Consent {
  return { ...consent, ...stricter(consent, now), typed: consent.typed || typed };
}

/** Does somebody of flesh and blood stand behind it? */
export function isPerson({ kind }: ActorRef): boolean {
  return kind === 'user' || kind === 'operator';
}

/** The person who wants the run: who asked, or who confirmed what no person asked for. Null: nobody yet. */
export function wantedBy(run: Waiting): ActorRef | null {
  return isPerson(run.actor) ? run.actor : (consentOf(run).confirmed?.by ?? null);
}

/** Somebody has to agree who is not the asker. */
export function needsOthers(run: Waiting): boolean {
  const { confirm } = consentOf(run);
  return confirm === 'two_people' || (confirm === 'person' && !isPerson(run.actor));
}

/** Can somebody answer its preview? A schedule agrees by itself to what it was written down for, and to nothing else. */
export function isAnswerable(run: Waiting): boolean {
  return run.actor.kind !== 'schedule' || needsOthers(run);
}

/** Which yes a waiting run needs next. */
export function nextYes(run: Waiting): 'confirm' | 'approve' {
  return consentOf(run).confirm === 'two_people' && wantedBy(run) !== null ? 'approve' : 'confirm';
}

/** Its preview belongs into the ops channel: it waits for people, and was not asked for in Discord. */
export function belongsToOps(run: Asked): boolean {
  return run.source !== 'discord' && needsOthers(run);
}

/** It begins right after its preview. A run that took another's place because that one's plan changed does not. */
export function beginsAtOnce(run: Pick<Asked, 'consent'>): boolean {
  const { confirm, typed } = consentOf(run);
  return confirm === 'never' && !typed;
}
