import Bottleneck from 'bottleneck';
import type { RunSlots } from '../core/limits.js';

/** Places for `atOnce` runs on this host, first come, first served; the number is asked for anew each time. */
export function createRunSlots(atOnce: () => number): RunSlots {
  const limiter = new Bottleneck({ maxConcurrent: atOnce() });
  let taken = 0;
  return {
    get free() {
      return taken < atOnce() && limiter.empty();
    },
    take: async (signal) => {
      await limiter.updateSettings({ maxConcurrent: atOnce() });
      if (signal.aborted) return null;
      return new Promise((resolve) => {
        const giveUp = (): void => resolve(null);
        signal.addEventListener('abort', giveUp, { once: true });
        void limiter.schedule(async () => {
          signal.removeEventListener('abort', giveUp);
          // Who gave up while waiting leaves the place to the next one at once.
          if (signal.aborted) return resolve(null);
          taken += 1;
          await new Promise<void>((free) => resolve(() => free()));
          taken -= 1;
        });
      });
    },
  };
}
