import type { CliDeps } from './deps.js';

/** Ctrl-C, a signal or a lost terminal while a command works: the first asks to stop, the second to leave. */
export interface Interrupts {
  /** Aborted at the first. */
  readonly stop: AbortSignal;
  /** Aborted at the second. */
  readonly leave: AbortSignal;
  end(): void;
}

export function watchInterrupts(deps: Pick<CliDeps, 'onInterrupt'>): Interrupts {
  const stop = new AbortController();
  const leave = new AbortController();
  const end = deps.onInterrupt(() => (stop.signal.aborted ? leave : stop).abort());
  return { stop: stop.signal, leave: leave.signal, end };
}

const INTERRUPTED = Symbol('interrupted');

/** The promise's value, or null when `signal` comes first; what the promise does afterwards is ignored. */
export async function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | null> {
  let onAbort = (): void => {};
  const aborted = new Promise<typeof INTERRUPTED>((resolve) => {
    onAbort = () => resolve(INTERRUPTED);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  promise.catch(() => {});
  try {
    const first = await Promise.race([promise, aborted]);
    return first === INTERRUPTED ? null : first;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
