import type { RunSlots } from '../core/ports/budgets.js';

/** Times as many runs as may be at work can have a place: what waits for something that hangs costs little, not nothing. */
const WITH_RESTING = 8;

/**
 * Places for `atOnce` runs on this host, first come, first served; the number is asked for anew each time. Those that
 * rest leave room for others, and have theirs again at once when they go on.
 */
export function createRunSlots(atOnce: () => number): RunSlots {
  const waiting = new Set<() => void>();
  const inside = new Set<string>();
  const resting = new Set<string>();

  const hasRoom = (): boolean =>
    inside.size - resting.size < atOnce() && inside.size < atOnce() * WITH_RESTING;

  const next = (): void => {
    for (const begin of waiting) {
      if (!hasRoom()) return;
      waiting.delete(begin);
      begin();
    }
  };

  const leave = (runId: string): void => {
    resting.delete(runId);
    if (inside.delete(runId)) next();
  };

  return {
    get free() {
      return waiting.size === 0 && hasRoom();
    },
    take: (runId, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(null);
        const giveUp = (): void => {
          waiting.delete(begin);
          resolve(null);
        };
        const begin = (): void => {
          signal.removeEventListener('abort', giveUp);
          inside.add(runId);
          resolve(() => leave(runId));
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(begin);
        next();
      }),
    rest: (runId, isResting) => {
      if (!inside.has(runId)) return;
      if (isResting) resting.add(runId);
      else resting.delete(runId);
      next();
    },
  };
}
