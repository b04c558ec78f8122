import type { Sql } from './sqlite-database.js';

/** At most so many works share a transaction: it blocks the event loop until the last one is done. */
const MOST_TOGETHER = 32;

/** What is done in a transaction. */
export type Work = (sql: Sql) => unknown;

/** How a work ended within a transaction that was committed. */
export type Done =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** How transactions are made. Both resolve once what was done is on the disk; when one rejects, nothing was done. */
export interface Transactions {
  /** Several works in one, with their ends in their order. */
  together(works: readonly Work[]): Promise<readonly Done[]>;
  /** One work, which may take its time, in one of its own. */
  alone(work: Work): Promise<unknown>;
}

/** Works that wait for their transaction, in the order in which they came. */
export interface WriteQueue {
  add(work: Work, how: 'together' | 'alone'): Promise<unknown>;
  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly work: Work;
  readonly how: 'together' | 'alone';
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function writeQueue(transactions: Transactions): WriteQueue {
  const queue: Waiting[] = [];
  let draining: Promise<void> | null = null;

  const doTogether = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const ends = await transactions.together(batch.map(({ work }) => work));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const end = ends[index];
        if (end?.ok) resolve(end.value);
        else reject(end?.error);
      }
    } catch (error) {
      const [only, another] = batch;
      if (only && !another) return only.reject(error);
      // Each is told what is wrong with itself, and one that fits on a full disk is done.
      for (const one of batch) await doTogether([one]);
    }
  };

  const drain = async (): Promise<void> => {
    // What is asked for in the same breath goes together.
    await Promise.resolve();
    for (let first = queue[0]; first; first = queue[0]) {
      if (first.how === 'together') {
        await doTogether(queue.splice(0, ableToShare(queue)));
      } else {
        queue.shift();
        await transactions.alone(first.work).then(first.resolve, first.reject);
      }
    }
    draining = null;
  };

  return {
    add: (work, how) =>
      new Promise((resolve, reject) => {
        queue.push({ work, how, resolve, reject });
        draining ??= drain();
      }),
    async idle() {
      while (draining) await draining;
    },
  };
}

/** How many at the front may share a transaction. */
function ableToShare(queue: readonly Waiting[]): number {
  const border = queue.findIndex(({ how }) => how === 'alone');
  return Math.min(border === -1 ? queue.length : border, MOST_TOGETHER);
}
