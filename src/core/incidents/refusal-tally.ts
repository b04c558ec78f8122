import type { SecurityRefusal } from './security-refusal.js';

/** Further sources of the same time share one line of this name. */
const OTHERS = 'other addresses';
/** What is kept of a source's name, in characters: it is a stranger's. */
const LONGEST_SOURCE = 100;

/** A refusal, and how often it came from there. */
export type CountedRefusal = SecurityRefusal & { readonly count: number };

/** Collects refusals, so that somebody who knocks all the time neither fills the disk nor keeps it busy. */
export interface RefusalTally {
  note(refusal: SecurityRefusal): void;
  /** Hands over what is collected. Call it before the store closes. */
  end(): Promise<void>;
}

interface TallyOptions {
  /** How long refusals are collected, in ms. */
  readonly collectMs: number;
  /** Of more sources than this in that time, the further ones count together. */
  readonly mostSources: number;
  /** Gets each source's refusals of one reason, one after the other. It must not reject. */
  readonly keep: (refusal: CountedRefusal) => Promise<void>;
}

export function createRefusalTally({ collectMs, mostSources, keep }: TallyOptions): RefusalTally {
  const counts = new Map<string, CountedRefusal>();
  let timer: NodeJS.Timeout | null = null;
  let keeping: Promise<void> = Promise.resolve();

  const handOver = async (): Promise<void> => {
    timer = null;
    const collected = [...counts.values()];
    counts.clear();
    for (const refusal of collected) await keep(refusal);
  };
  const begin = (): Promise<void> => {
    keeping = keeping.then(handOver);
    return keeping;
  };
  return {
    note: ({ reason, from }) => {
      const source = counts.has(`${reason} ${from}`) || counts.size < mostSources ? from : OTHERS;
      const key = `${reason} ${source}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { reason, from: source.slice(0, LONGEST_SOURCE), count });
      timer ??= setTimeout(() => void begin(), collectMs).unref();
    },
    end: async () => {
      if (timer !== null) clearTimeout(timer);
      await begin();
    },
  };
}
