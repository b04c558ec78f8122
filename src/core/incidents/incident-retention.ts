import type { CoreDeps } from '../ports/deps.js';

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const LOOK_EVERY_MS = 6 * 60 * 60 * 1000;

/**
 * Forgets incidents 30 days after they were resolved, once these destinations know all of them. Runs, logs and
 * the audit trail stay. Returns the function that ends this.
 */
export function forgetOldIncidents(
  { store, log, now }: Pick<CoreDeps, 'store' | 'log' | 'now'>,
  destinations: readonly string[],
): () => void {
  const look = (): void => {
    const before = new Date(now().getTime() - KEPT_MS).toISOString();
    store.incidents.trim(before, destinations).catch((error: unknown) => {
      log.warn({ err: error }, 'old incidents could not be removed');
    });
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
