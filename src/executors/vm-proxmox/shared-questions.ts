import { setTimeout as sleep } from 'node:timers/promises';

/** Asks on behalf of several at once. */
export interface SharedQuestions<T> {
  /** Rejects with the signal's reason for whoever gives up. */
  answer(key: string, asker: Asker, ask: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** What was asked until now answers nobody any more: the world was changed. */
  outdate(): void;
}

/** Who wants an answer. */
export interface Asker {
  readonly signal: AbortSignal;
  /** How long ago, in ms and at most a second, the question may have been put whose answer is good enough; 0: put it now. */
  readonly oldestMs: number;
}

/** For so long an answer is kept for those who take an older one, in ms from its question. */
const KEPT = 1000;
/** Between an answer and the next asking of the same, in ms: more who ask meanwhile share it. */
const PAUSE = 3;

/** A question that is about to be asked, or was, and how many wait for its answer. */
interface Round<T> {
  readonly answer: Promise<T>;
  readonly control: AbortController;
  waiting: number;
}

/** A round that has begun: when that was, by `performance.now()`. */
interface Asked<T> {
  readonly round: Round<T>;
  readonly at: number;
}

/**
 * Whoever asks what is just being asked waits until that is answered, and is then asked for together with all who came
 * meanwhile: an answer is never older than its question, unless the asker takes an older one. When nobody waits any
 * more, the asking is ended.
 */
export function createSharedQuestions<T>(): SharedQuestions<T> {
  const next = new Map<string, Round<T>>();
  const underWay = new Map<string, Promise<void>>();
  const latest = new Map<string, Asked<T>>();

  const open = (key: string, ask: (signal: AbortSignal) => Promise<T>): Round<T> => {
    const control = new AbortController();
    const begin = (): Promise<T> => {
      if (next.get(key) === round) next.delete(key);
      control.signal.throwIfAborted();
      const asked = ask(control.signal);
      const ended = asked.then(pause, failed).then(() => {
        if (underWay.get(key) === ended) underWay.delete(key);
      });
      underWay.set(key, ended);
      latest.set(key, { round, at: performance.now() });
      void sleep(KEPT, undefined, { ref: false }).then(forget);
      return asked;
    };
    const pause = () => sleep(PAUSE, undefined, { ref: false });
    const forget = (): void => {
      if (latest.get(key)?.round === round) latest.delete(key);
    };
    const failed = () => {
      forget();
      return pause();
    };
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

  const begun = (key: string, oldestMs: number): Round<T> | undefined => {
    const asked = latest.get(key);
    return asked && performance.now() - asked.at < oldestMs ? asked.round : undefined;
  };

  return {
    answer: (key, { signal, oldestMs }, ask) => {
      if (signal.aborted) return Promise.reject(signal.reason);
      const shared = [begun(key, oldestMs), next.get(key)];
      const round = shared.find((one) => one && !one.control.signal.aborted) ?? open(key, ask);
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
    },
    outdate: () => latest.clear(),
  };
}
