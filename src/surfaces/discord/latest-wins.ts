/** A write that may be asked for often and is done seldom. */
export interface LatestWins {
  /** The state changed: write soon. */
  request(): void;
  /** No more writes; resolves when one that is under way has ended. */
  end(): Promise<void>;
}

/** What follows within so long is written together: confirmed, then waiting, is one thing to a reader; in ms. */
const TOGETHER_MS = 200;

/**
 * Never two writes at once, at least `gapMs` from the end of one to the start of the next, and always one
 * after the last change. `write` calls `onRead` when it reads the state, later than at its start where it has
 * to wait for its turn; it must not reject.
 */
export function latestWins(write: (onRead: () => void) => Promise<void>, gapMs: number): LatestWins {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let changed = false;
  let over = false;
  let lastEnd = Number.NEGATIVE_INFINITY;

  const onRead = (): void => {
    changed = false;
  };
  const schedule = (): void => {
    if (timer !== null || writing !== null || over) return;
    timer = setTimeout(start, Math.max(TOGETHER_MS, lastEnd + gapMs - performance.now()));
  };
  const start = (): void => {
    timer = null;
    changed = false;
    writing = write(onRead).finally(() => {
      writing = null;
      lastEnd = performance.now();
      if (changed) schedule();
    });
  };
  return {
    request: () => {
      changed = true;
      schedule();
    },
    end: async () => {
      over = true;
      if (timer !== null) clearTimeout(timer);
      await writing;
    },
  };
}
