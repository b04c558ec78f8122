/** The local Discord's time: the machine's, or an injected one, plus what tests skipped. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Lets that many milliseconds pass at once: messages age, tokens die, buckets refill. Timers don't notice. */
  advance(ms: number): void;
  /** Calls back after so many real milliseconds, unless cancelled or stopped before. */
  after(ms: number, callback: () => void): () => void;
  /** Cancels everything that `after` still holds. */
  stop(): void;
}

export function createClock(base: () => number = Date.now): Clock {
  let skipped = 0;
  const timers = new Set<NodeJS.Timeout>();
  return {
    now: () => base() + skipped,
    advance(ms) {
      skipped += ms;
    },
    after(ms, callback) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, ms);
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer);
      };
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** 2015-01-01T00:00:00Z, where Discord's snowflakes begin. */
const DISCORD_EPOCH = 1_420_070_400_000;

/** Makes ids as Discord does: milliseconds since its epoch in the upper bits, so that newer ids sort last. */
export function createIds(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const id = BigInt(clock.now() - DISCORD_EPOCH) << 22n;
    last = id > last ? id : last + 1n;
    return String(last);
  };
}
