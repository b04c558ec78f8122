import { failureOf } from './api-error.js';
import type { ChannelMessages } from './channel-messages.js';
import type { Logger } from './deps.js';
import type { Message } from './render/fit.js';

/** Between the attempts, in ms. After the last one the message stays as it is. */
const WAITS_MS = [2000, 10_000, 60_000, 10 * 60_000, 60 * 60_000];

/** Gives messages of ended runs their last look, also when Discord does not take it at first. */
export interface Closing {
  /** Resolves after the first attempt, whatever came of it. Never rejects. */
  close(runId: string, channelId: string, messageId: string, message: Message): Promise<void>;
  /** Ends all further attempts. */
  giveUp(): void;
}

export function createClosing(messages: ChannelMessages, log: Logger): Closing {
  const timers = new Set<NodeJS.Timeout>();

  const attempt = async (
    runId: string,
    edit: () => Promise<void>,
    [wait, ...later]: readonly number[],
  ): Promise<void> => {
    try {
      await edit();
    } catch (error) {
      const failure = failureOf(error);
      const gone = failure === 'message_gone' || failure === 'channel_gone';
      log.info(
        { err: error, runId, retryInMs: gone ? null : wait },
        'the progress message could not be closed',
      );
      if (gone || wait === undefined) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        void attempt(runId, edit, later);
      }, wait).unref();
      timers.add(timer);
    }
  };

  return {
    close: (runId, channelId, messageId, message) =>
      attempt(runId, () => messages.edit(channelId, messageId, message, 'keep'), WAITS_MS),
    giveUp: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
