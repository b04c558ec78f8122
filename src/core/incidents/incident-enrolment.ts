import type { CoreDeps } from '../ports/deps.js';
import { StoreError } from '../ports/store.js';
import { atMost } from '../text/at-most.js';

/** How long the first attempt is waited for, in ms. */
const PATIENCE_MS = 2000;
const RETRY_MS = 5000;

/**
 * Enrolls the destinations of alerts as of now: at once, or, while the store can't be written, as soon as it can.
 * Returns the function that gives up.
 */
export async function enrollDestinations(
  { store, now }: Pick<CoreDeps, 'store' | 'now'>,
  names: readonly string[],
): Promise<() => void> {
  const since = now().toISOString();
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const attempt = async (): Promise<void> => {
    try {
      for (const name of names) await store.incidents.enroll(name, since);
    } catch (error) {
      // The store's fault tells why.
      if (!(error instanceof StoreError)) throw error;
      if (!over) timer = setTimeout(() => void attempt(), RETRY_MS).unref();
    }
  };
  await atMost(attempt(), PATIENCE_MS);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
