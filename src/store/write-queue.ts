import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sql } from './sqlite-database.js';

/** At most so many works share a transaction: it blocks the event loop until the last one is done. */
const MOST_TOGETHER = 32;

/** What is done in a transaction. */
export type Work = (sql: Sql) => unknown;

/** How a work ended within a transaction that was committed. */
export type Done =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** Works that wait for their transaction, in the order in which they came. */
export interface WriteQueue {
  /** @param alone it shares its transaction with no other work */
  add<T>(work: (sql: Sql) => T, alone: boolean): Promise<T>;
  /** Resolves when nothing waits or is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly work: Work;
  readonly alone: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param commit runs works in one transaction, and resolves in their order once it is on the disk; when it rejects,
 * nothing of them was done
 */
export function writeQueue(commit: (works: readonly Work[]) => Promise<readonly Done[]>): WriteQueue {
  const queue: Waiting[] = [];
  let draining: Promise<void> | null = null;

  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const ends = await commit(batch.map(({ work }) => work));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const end = ends[index];
        if (end?.ok) resolve(end.value);
        else reject(end?.error);
      }
    } catch (error) {
      const [only, another] = batch;
      if (only && !another) return only.reject(error);
      // Each is told what is wrong with itself, and one that fits on a full disk is done.
      for (const one of batch) await settle([one]);
    }
  };

  const drain = async (): Promise<void> => {
    // What is asked for in the same breath goes together.
    await Promise.resolve();
    while (queue.length > 0) {
      await settle(nextBatch(queue));
      // A commit blocks while the disk syncs. Between two of them everything else gets its turn.
      await nextTurn();
    }
    draining = null;
  };

  return {
    add: (work, alone) =>
      new Promise((resolve, reject) => {
        queue.push({ work, alone, resolve: resolve as (value: unknown) => void, reject });
        draining ??= drain();
      }),
    async idle() {
      while (draining) await draining;
    },
  };
}

/** Takes from the front what may share a transaction. */
function nextBatch(queue: Waiting[]): readonly Waiting[] {
  const border = queue.findIndex(({ alone }) => alone);
  const free = border === -1 ? queue.length : border;
  return queue.splice(0, Math.min(Math.max(free, 1), MOST_TOGETHER));
}
