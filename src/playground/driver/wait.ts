import type { StoredMessage, World } from '../world/world.js';
import { textOf } from './text.js';

/** What a message must be like: contain a text, match a pattern, or satisfy a function. */
export type Wanted = string | RegExp | ((message: StoredMessage) => boolean);

export interface WaitOptions {
  /** Milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** What is waited for, in the error's words. */
  readonly what?: string;
}

/** Milliseconds between two looks when nothing happens in Discord: a predicate may depend on other things. */
const LOOK_EVERY = 100;

export function fits(message: StoredMessage, wanted: Wanted): boolean {
  if (typeof wanted === 'function') return wanted(message);
  const text = textOf(message);
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}

/**
 * Waits until `look` finds something: it is called at once, after each event, and from time to time.
 * @throws {Error} after the timeout, with what the channels show then; or when Discord is closed
 */
export function waitFor<T>(
  world: World,
  look: () => T | null | undefined | false,
  { timeoutMs = 10_000, what = 'something' }: WaitOptions = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    const finish = (settle: () => void) => {
      for (const end of ends) end();
      settle();
    };
    const check = () => {
      try {
        const found = look();
        if (found) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`Waited ${timeoutMs} ms for ${what}.\n${lastMessages(world)}`)));
    }, timeoutMs);
    const interval = setInterval(check, LOOK_EVERY);
    const unsubscribe = world.subscribe((event) => {
      if (event.type === 'closed') finish(() => reject(new Error(`Closed while waiting for ${what}.`)));
      else check();
    });
    ends.push(
      unsubscribe,
      () => clearTimeout(timer),
      () => clearInterval(interval),
    );
    check();
  });
}

function lastMessages(world: World): string {
  const last = [...world.messages.values()].slice(-5);
  const shown = last.map((message) => {
    const channel = world.channels.get(message.channel_id)?.name ?? message.channel_id;
    const who = message.visibleTo ? ` (only for ${world.members.get(message.visibleTo)?.user.username})` : '';
    return `#${channel} ${message.author.username}${who}: ${textOf(message)}`;
  });
  return shown.length > 0 ? `The last messages:\n${shown.join('\n')}` : 'There are no messages.';
}
