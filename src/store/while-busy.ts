import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './sqlite-error.js';

/** Repeats an attempt while another process has the lock. */
export type WhileBusy = <T>(attempt: () => T) => Promise<T>;

/**
 * SQLite's own waiting would block the event loop, so attempts are repeated instead.
 * @param lockTimeoutMs how long to wait for other processes before giving up
 * @param failed the error to throw for one that no other attempt can mend
 */
export function whileBusy(lockTimeoutMs: number, failed: (error: unknown) => unknown): WhileBusy {
  return async (attempt) => {
    const deadline = Date.now() + lockTimeoutMs;
    for (;;) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error) || Date.now() >= deadline) throw failed(error);
      }
      await sleep(2 + Math.random() * 20);
    }
  };
}
