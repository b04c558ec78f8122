import { type Consent, consentOf, needsOthers, nextYes, wantedBy, type Yes } from '../model/consent.js';
import { code, moment, type Phrase, phrase } from '../model/phrase.js';
import type { Run } from '../model/run.js';

/** Who has to agree to a run and who has, in words; empty where the asker alone decides. */
export function consentLines(run: Run): readonly Phrase[] {
  const consent = consentOf(run);
  const waits = run.state === 'awaiting' && needsOthers(run);
  return [
    ...said('Confirmed', consent.confirmed),
    ...said('Approved', consent.approved),
    ...(waits ? [whoIsNext(run, consent)] : []),
    ...(run.state === 'awaiting' && consent.typed
      ? [phrase`The name ${code(run.intent)} has to be typed first, because ${whyTyped(run)}.`]
      : []),
  ];
}

function whyTyped({ plan }: Run): string {
  const isDangerous = plan.parts.some(({ typeName }) => typeName === true);
  return isDangerous ? 'of what a warning says' : 'so much is deleted or overwritten';
}

/** What a waiting run waits for: `waits for approval`. */
export function waitingFor(run: Pick<Run, 'actor' | 'consent'>): string {
  return nextYes(run) === 'approve' ? 'waiting for Approve' : 'waiting for Confirm';
}

function said(word: string, yes: Yes | null): Phrase[] {
  return yes ? [phrase`${word} by ${yes.by.name}, ${moment(yes.at)}.`] : [];
}

function whoIsNext(run: Run, { confirm, approverRoles }: Consent): Phrase {
  const roles = approverRoles.flatMap(
    (role, index): Phrase => [index === 0 ? ' with the role ' : ' and ', code(role)],
  );
  if (confirm === 'person') return phrase`Needs a person: anybody who may run it can confirm it.`;
  const wanted = wantedBy(run);
  return wanted
    ? phrase`Needs a second person: somebody other than ${wanted.name}${roles} has to press Approve.`
    : phrase`Needs two people: one who may run it confirms it, then somebody else${roles} approves it.`;
}
