import { setTimeout as sleep } from 'node:timers/promises';

/** Asks on behalf of several at once. Rejects with the signal's reason for whoever gives up. */
export type SharedQuestions<T> = (
  key: string,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** Between an answer and the next asking of the same, in ms: more who ask meanwhile share it. */
const PAUSE = 3;

/** A question that is about to be asked, or is being asked, and how many wait for its answer. */
interface Round<T> {
  readonly answer: Promise<T>;
  readonly control: AbortController;
  waiting: number;
}

/**
 * Whoever asks what is just being asked waits until that is answered, and is then asked for together with all who came
 * meanwhile: an answer is never older than its question. When nobody waits any more, the asking is ended.
 */
export function createSharedQuestions<T>(): SharedQuestions<T> {
  const next = new Map<string, Round<T>>();
  const underWay = new Map<string, Promise<void>>();

  const open = (key: string, ask: (signal: AbortSignal) => Promise<T>): Round<T> => {
    const control = new AbortController();
    const begin = (): Promise<T> => {
      if (next.get(key) === round) next.delete(key);
      control.signal.throwIfAborted();
      const asked = ask(control.signal);
      const ended = asked.then(pause, pause).then(noted);
      underWay.set(key, ended);
      return asked;
    };
    const pause = () => sleep(PAUSE, undefined, { ref: false });
    const noted = (): void => void underWay.delete(key);
    const round: Round<T> = {
      control,
      waiting: 0,
      answer: (underWay.get(key) ?? Promise.resolve()).then(begin),
    };
    // Whoever gave up hears of nothing any more.
    round.answer.catch(() => undefined);
    next.set(key, round);
    return round;
  };

  return (key, signal, ask) => {
    if (signal.aborted) return Promise.reject(signal.reason);
    const coming = next.get(key);
    const round = coming && !coming.control.signal.aborted ? coming : open(key, ask);
    round.waiting += 1;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        round.waiting -= 1;
        if (round.waiting === 0) round.control.abort();
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      round.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    });
  };
}
