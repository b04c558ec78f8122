import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import type { ActorRef } from '../model/request.js';
import type { Run } from '../model/run.js';
import { quote } from '../text/characters.js';

/** Why an answer to a preview that needs people does not count, in words. */
type About = Pick<Run, 'id' | 'intent'>;

export function needsPerson({ id, intent }: About): Notice {
  return notice(
    'needs_person',
    phrase`${code(intent)} needs a person to confirm it, and ${code(id)} waits for one.`,
  );
}

/** There is nobody to ask, so nothing is even planned. */
export function needsApproval({ id, intent }: About): Notice {
  return notice(
    'needs_approval',
    phrase`${code(intent)} needs a second person: ${code(id)} begins when they press Approve.`,
  );
}

export function ownApproval({ id }: About): Notice {
  return notice(
    'own_approval',
    phrase`${code(id)} needs somebody else: who asked for a run, or confirmed it, can’t approve or reject it.`,
    phrase`Ask somebody else who may approve it, or press Cancel.`,
  );
}

export function roleMissing({ id }: About, role: string): Notice {
  return notice(
    'not_approver',
    phrase`${code(id)} is approved or rejected by somebody with the role ${code(role)}, which you lack.`,
  );
}

export function notInDiscord({ id }: About): Notice {
  return notice(
    'not_approver',
    phrase`${code(id)} is approved or rejected in Discord, where people can be told apart.`,
    phrase`Ask somebody there who may approve it.`,
  );
}

export function askerGone({ name }: ActorRef): Notice {
  return notice(
    'not_allowed',
    phrase`${name}, who asked for it, can’t be found in this server, so nothing can begin in their name.`,
    phrase`Ask for the run yourself; then somebody else approves it.`,
  );
}

/** Nobody knows whether they may: that is no refusal of their rights. */
export function askerUnchecked({ id }: About, { name }: ActorRef): Notice {
  return notice(
    'asker_unchecked',
    phrase`Discord can’t be asked now whether ${name}, who asked for ${code(id)}, can still run it. Nothing ran, and the preview is still open.`,
    phrase`Press Approve again in a minute.`,
  );
}

export function wrongName({ intent }: About, typed: string | undefined): Notice {
  return typed === undefined
    ? notice(
        'name_not_typed',
        phrase`This deletes or overwrites so much that the intent’s name has to be typed.`,
        phrase`Type ${code(intent)}.`,
      )
    : notice(
        'name_not_typed',
        phrase`What was typed is ${code(quote(typed))}. Nothing ran, and the preview is still open.`,
        phrase`Press the button again and type ${code(intent)}.`,
      );
}
