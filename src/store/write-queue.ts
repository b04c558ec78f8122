import { setImmediate as turn } from 'node:timers/promises';
import type { Sql } from './sql.js';

/** At most so many works share a transaction: it blocks the event loop until the last one is done. */
const MOST_TOGETHER = 32;

/** What is done in a transaction. */
export type Work = (sql: Sql) => unknown;

/**
 * How transactions are made. They resolve once what was done is on the disk; when one rejects, what was done counts
 * for nothing.
 */
export interface Transactions {
  /** Opens one. */
  begin(): Promise<void>;
  /** Works in the one that is open, and commits it. Their results in their order; what one throws undoes all. */
  together(works: readonly Work[]): readonly unknown[];
  /** One work, which may take its time, in the one that is open, and commits it. */
  alone(work: Work): Promise<unknown>;
  /** Brings what is committed onto the disk. */
  sync(): Promise<void>;
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

  /** What one throws is its own affair, and one that fits on a full disk is done. */
  const oneByOne = async (batch: readonly Waiting[]): Promise<void> => {
    for (const one of batch) await settle([one], () => doTogether([one]));
  };

  const doTogether = async (batch: readonly Waiting[]): Promise<void> => {
    await transactions.begin();
    let values: readonly unknown[];
    try {
      values = transactions.together(batch.map(({ work }) => work));
    } catch (error) {
      if (batch.length === 1) throw error;
      return oneByOne(batch);
    }
    await transactions.sync();
    for (const [index, { resolve }] of batch.entries()) resolve(values[index]);
  };

  const doAlone = async (one: Waiting): Promise<void> => {
    await transactions.begin();
    const value = await transactions.alone(one.work);
    await transactions.sync();
    one.resolve(value);
  };

  /** What keeps the transaction from coming about is told to all who share it. */
  const settle = async (batch: readonly Waiting[], work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => {
      for (const { reject } of batch) reject(error);
    });
  };

  const drain = async (): Promise<void> => {
    // What is asked for in the same turn of the event loop goes together.
    await turn();
    for (let first = queue[0]; first; first = queue[0]) {
      const batch = queue.splice(0, first.how === 'alone' ? 1 : ableToShare(queue));
      await settle(batch, () => (first.how === 'alone' ? doAlone(first) : doTogether(batch)));
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
