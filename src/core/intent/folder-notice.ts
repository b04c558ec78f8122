import type { IntentProblem } from '../model/intent.js';
import { moment, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';

/**
 * Why the intents folder can't be read, and what counts meanwhile.
 * @param readAt when it was read last; null: no intent of it was ever read
 */
export function folderNotice({ message, hint }: IntentProblem, readAt: Date | null): Notice {
  const meanwhile =
    readAt === null
      ? phrase`There are no intents and no schedules of theirs until it can be read.`
      : phrase`Intents and schedules stay as they were at ${moment(readAt.toISOString())}.`;
  return notice('intents_unavailable', [...phrase`${message} `, ...meanwhile], phrase`${hint}`);
}
