import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import type { LocalDiscord } from '../../src/playground/local-discord.js';

/**
 * Presses Confirm on every preview as soon as it is there; resolves when so many runs have ended well.
 * Rejects when one ends otherwise, or after the timeout.
 */
export function confirmAll(discord: LocalDiscord, runs: number, timeoutMs: number): Promise<void> {
  const alice = discord.as('alice');
  let ended = 0;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`Only ${ended} of ${runs} runs ended within ${timeoutMs} ms.`))),
      timeoutMs,
    );
    const unsubscribe = discord.subscribe((event) => {
      if (event.type !== 'message_create' && event.type !== 'message_update') return;
      const { message } = event;
      const confirm = buttonsOf(message).find((label) => label.startsWith('Confirm'));
      if (confirm) alice.press(message, confirm);
      // Outcomes are messages of their own; only they speak in `content`.
      if (event.type !== 'message_create' || message.content === '') return;
      if (!message.content.includes('succeeded')) end(() => reject(new Error(textOf(message))));
      ended += 1;
      if (ended === runs) end(resolve);
    });
  });
}
