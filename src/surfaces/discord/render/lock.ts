import type { Lock } from '../../../core/model/lock.js';
import type { ActorRef } from '../../../core/model/request.js';
import { type Message, withinLimits } from './fit.js';
import { escapeText, inlineCode } from './text.js';
import { COLORS, time, who } from './words.js';

/** A stack was locked. */
export function lockedMessage(lock: Lock): Message {
  return withinLimits({
    embeds: [
      {
        color: COLORS.warn,
        blocks: [
          `🔒 **${escapeText(lock.stack, 80)} is locked** by ${who(lock.holder)}${endOf(lock)}`,
          escapeText(lock.reason),
          '',
          'Runs on it are refused; one that runs already goes on.',
          `${inlineCode(`/unlock stack:${lock.stack}`)} lifts it.`,
        ],
      },
    ],
  });
}

/** A stack was unlocked. */
export function unlockedMessage(lock: Lock, by: ActorRef): Message {
  return withinLimits({
    embeds: [
      {
        color: COLORS.good,
        blocks: [
          `🔓 **${escapeText(lock.stack, 80)} is unlocked** by ${who(by)}`,
          `It was locked by ${who(lock.holder)} since ${time(lock.since, 'f')}: ${escapeText(lock.reason)}`,
        ],
      },
    ],
  });
}

/** The line of a stack's status. */
export function lockLine(lock: Lock): string {
  const since = ` since ${time(lock.since, 'R')}${endOf(lock)}`;
  return `🔒 **locked** by ${who(lock.holder)}${since}: ${escapeText(lock.reason)}`;
}

function endOf({ until }: Lock): string {
  return until === null ? '' : `, until ${time(until, 'f')} (${time(until, 'R')})`;
}
