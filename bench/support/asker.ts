import type { OptionValues } from '../../src/playground/driver/command-data.js';
import type { LocalDiscord } from '../../src/playground/local-discord.js';
import { FLAG } from '../../src/playground/wire/types.js';

/** When a question was answered, in ms from INTERACTION_CREATE on the wire. Both reject when no answer came in time. */
export interface Asked {
  /** The first answer, be it only "thinking". */
  readonly first: Promise<number>;
  /** The answer that says something: of a deferred one, the edit. */
  readonly full: Promise<number>;
}

/**
 * Sends a slash command.
 * @param thinks the first answer has to be "thinking": both reject when it is another, such as a refusal
 */
export type Ask = (command: string, options?: OptionValues, thinks?: boolean) => Asked;

interface Question {
  readonly sentAt: number;
  readonly thinks: boolean;
  readonly first: PromiseWithResolvers<number>;
  readonly full: PromiseWithResolvers<number>;
}

/**
 * Somebody who sends slash commands and times the answers. One listener and one clock serve all questions:
 * what `waitFor` does for each would cost the local Discord more than the answers themselves.
 */
export function createAsker(discord: LocalDiscord, member = 'alice'): Ask {
  const person = discord.as(member);
  const open = new Map<string, Question>();
  let sentAt = 0;

  const answered = (id: string, which: 'first' | 'full'): void => {
    const question = open.get(id);
    if (!question) return;
    question[which].resolve(performance.now() - question.sentAt);
    if (which === 'full') open.delete(id);
  };
  const failed = (id: string, why: string): void => {
    const error = new Error(why);
    open.get(id)?.first.reject(error);
    open.get(id)?.full.reject(error);
    open.delete(id);
  };
  const isThinking = (messageId: string | null): boolean =>
    ((discord.message(messageId ?? '')?.flags ?? 0) & FLAG.LOADING) !== 0;

  discord.subscribe((event) => {
    if (event.type === 'interaction_create') {
      // The gateway listens before us: by now it is on the wire.
      sentAt = performance.now();
    } else if (event.type === 'interaction_update') {
      const { id, state, originalId } = event.interaction;
      if (state === 'failed') return failed(id, 'No answer came within 3 s.');
      const isDone = !isThinking(originalId);
      if (isDone && open.get(id)?.thinks) return failed(id, 'The first answer was not "thinking".');
      answered(id, 'first');
      if (isDone) answered(id, 'full');
    } else if (event.type === 'message_update') {
      const { id, interactionId } = event.message;
      if (interactionId && !isThinking(id)) answered(interactionId, 'full');
    }
  });

  return (command, options, thinks = false) => {
    const { id } = person.slash(command, options);
    const question = { sentAt, thinks, first: withResolvers(), full: withResolvers() };
    open.set(id, question);
    return { first: question.first.promise, full: question.full.promise };
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Promise.withResolvers, which Node 20 lacks. Who awaits only one of two promises ignores the other's failure. */
function withResolvers(): PromiseWithResolvers<number> {
  let resolve: (value: number) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<number>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
