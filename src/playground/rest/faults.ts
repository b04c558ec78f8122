/** Something that goes wrong on purpose, for the next requests that match. */
export interface Fault {
  readonly method?: string;
  /** Matched against the path behind `/api/v10`. */
  readonly path?: RegExp;
  /** How many requests it hits. Default 1. */
  readonly times?: number;
  /**
   * What they get: a status such as 429, 500 or 502, or `disconnect`: the connection ends without an answer.
   * Without it the request is only delayed.
   */
  readonly answer?: number | 'disconnect';
  /** Of a 429, in milliseconds. Default 500. */
  readonly retryAfterMs?: number;
  /** Of a 429: it counts for all requests. */
  readonly global?: boolean;
  /** The request takes effect all the same; only its answer is lost. */
  readonly afterEffect?: boolean;
  /** Waits so many milliseconds before anything else. */
  readonly delayMs?: number;
}

export interface Faults {
  add(fault: Fault): void;
  /** Ends every fault that still waits for requests. */
  clear(): void;
  /** The fault that hits this request; it is counted as hit. */
  take(method: string, path: string): Fault | null;
}

export function createFaults(): Faults {
  const waiting: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    clear() {
      waiting.length = 0;
    },
    take(method, path) {
      const entry = waiting.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || fault.path.test(path)),
      );
      if (!entry) return null;
      entry.left -= 1;
      return entry.fault;
    },
  };
}
