import type { Notice } from '../../core/model/reasons.js';
import type { Refusal } from '../../core/model/ticket.js';
import { canonicalJson } from '../../core/text/canonical.js';
import type { Conversation } from './conversation.js';

/** Work waits for so long at most until nobody waits for a first answer, in ms. */
const PATIENCE_MS = 400;

type Result = { readonly ok: true } | Refusal;

/** What was pressed, and what it leads to. */
export interface Deed {
  /** Presses of the same name by the same person, with the same rights, are the same one. */
  readonly name: string;
  /** Done once for all of them. */
  act(): Promise<Result>;
  /** Says to one of them why not. */
  refuse(notice: Notice): Promise<void>;
  /** So many more presses got the same refusal, and were not judged again. */
  again(notice: Notice, times: number): Promise<void>;
  /** Says to one of those that repeated what was done that it had been done already. */
  repeated?(): Promise<void>;
}

interface Open {
  /** Presses that Discord has not accepted an answer to yet. */
  waiting: number;
  /** Presses that share the answer and are not counted yet. */
  repeats: number;
  /** One of those that repeated what was done has been told so. */
  told: boolean;
  answer: Promise<Result> | null;
}

/** Answers presses: first all are told that they were heard, then it is found out what comes of them. */
export interface PressOnce {
  /** Who saw "This interaction failed" has started nothing. */
  answer(talk: Pick<Conversation, 'actor' | 'accept'>, deed: Deed): Promise<void>;
}

/**
 * Many press one button within a moment, or one person many times. The first answers need neither the database nor
 * Discord's word about anybody, and everything else waits until they are out. Presses that repeat one share its answer.
 */
export function pressOnce(): PressOnce {
  const open = new Map<string, Open>();
  const acknowledging = counter();

  return {
    answer: async (talk, deed) => {
      const key = `${deed.name} ${canonicalJson(talk.actor)}`;
      const one = open.get(key) ?? { waiting: 0, repeats: 0, told: false, answer: null };
      open.set(key, one);
      one.waiting += 1;
      try {
        await acknowledging.during(() => talk.accept());
      } catch (error) {
        if (one.waiting === 1 && one.answer === null) open.delete(key);
        throw error;
      } finally {
        one.waiting -= 1;
      }
      if (one.answer !== null) {
        one.repeats += 1;
        // What broke is told to the one whose press began it.
        const shared = await one.answer.catch(() => null);
        if (shared === null) return;
        await count(one, deed, shared);
        if (!shared.ok || one.told) return;
        one.told = true;
        return deed.repeated?.();
      }
      one.answer = acknowledging
        .none(PATIENCE_MS)
        .then(() => deed.act())
        .finally(() => open.delete(key));
      const answer = await one.answer;
      await count(one, deed, answer);
      if (!answer.ok) await deed.refuse(answer.notice);
    },
  };
}

/** Counts those together that share the answer by now. */
async function count(one: Open, deed: Deed, answer: Result): Promise<void> {
  const times = one.repeats;
  one.repeats = 0;
  if (!answer.ok && times > 0) await deed.again(answer.notice, times);
}

/** How much of something is under way. */
function counter() {
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    during: async (work: () => Promise<void>): Promise<void> => {
      running += 1;
      try {
        await work();
      } finally {
        running -= 1;
        if (running === 0) {
          for (const go of waiting) go();
          waiting = [];
        }
      }
    },
    /** Resolves when none is, or after `ms`. */
    none: async (ms: number): Promise<void> => {
      if (running === 0) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
    },
  };
}
