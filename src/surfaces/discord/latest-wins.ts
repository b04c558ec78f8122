/** A write that may be asked for often and is done seldom. */
export interface LatestWins {
  /** The state changed: write soon. */
  request(): void;
  /** No more writes; resolves when one that is under way has ended. */
  end(): Promise<void>;
}

/**
 * Never two writes at once, at least `gapMs` from the end of one to the start of the next, and always one
 * after the last change. `write` reads the state when it starts, and must not reject.
 */
export function latestWins(write: () => Promise<void>, gapMs: number): LatestWins {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let changed = false;
  let over = false;
  let lastEnd = Number.NEGATIVE_INFINITY;

  const schedule = (): void => {
    if (timer !== null || writing !== null || over) return;
    timer = setTimeout(start, Math.max(0, lastEnd + gapMs - performance.now()));
  };
  const start = (): void => {
    timer = null;
    changed = false;
    writing = write().finally(() => {
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
