import { code, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';

/** Nobody in Discord can be asked: there is no channel for it. */
export function nobodyToAsk(intent: string): Notice {
  return notice(
    'needs_person',
    phrase`${code(intent)} needs a person who answers in Discord, and there is no channel to ask in.`,
    phrase`Set ${code('DISCORD_OPS_CHANNEL_ID')} to the channel in which people should be asked.`,
  );
}
