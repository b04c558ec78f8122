/** So many in so many seconds. */
export interface Rate {
  readonly runs: number;
  readonly perSeconds: number;
}

/** Counts what was asked for in a time, on this instance or on several. */
export interface RequestCounter {
  /** Takes one from the budget of `key`; false when it is used up. Never rejects. */
  take(key: string, rate: Rate): Promise<boolean>;
}

/** The places for runs that this host executes at once, given away in the order of asking. */
export interface RunSlots {
  /** Waits for a place. The function gives it back; null when `signal` came first. */
  take(runId: string, signal: AbortSignal): Promise<(() => void) | null>;
  /** A run that only waits for what gives no sign of life keeps its place and doesn't count; false: it goes on. */
  rest(runId: string, isResting: boolean): void;
  /** Is there a place now? */
  readonly free: boolean;
}
