import { StoreError } from '../ports/store.js';

/** How long the store is waited for, in ms. */
export interface Patience {
  readonly ms: number;
  /** Once it is aborted, `msAfter` are left at most. */
  readonly signal?: AbortSignal;
  readonly msAfter?: number;
}

/**
 * Waits for the store, which may be locked by another process or stand on a disk that hangs. What was asked of it can't
 * be taken back: it may be done later all the same.
 * @throws StoreError when it has not answered in time
 */
export async function answeredInTime<T>(
  work: Promise<T>,
  { ms, signal, msAfter = ms }: Patience,
): Promise<T> {
  const timers: NodeJS.Timeout[] = [];
  let giveUp = (): void => {};
  const late = new Promise<never>((_, reject) => {
    giveUp = () => reject(new StoreError('the database did not answer in time', { fault: 'unanswered' }));
  });
  const hurry = (): void => void timers.push(setTimeout(giveUp, msAfter));
  timers.push(setTimeout(giveUp, ms));
  if (signal?.aborted) hurry();
  signal?.addEventListener('abort', hurry, { once: true });
  try {
    return await Promise.race([work, late]);
  } finally {
    signal?.removeEventListener('abort', hurry);
    for (const timer of timers) clearTimeout(timer);
  }
}
