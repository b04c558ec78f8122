import type { OutputStream } from './deps.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const;
/** A terminal's end is told by the system, by its shell and by the session's manager, all within this, in ms. */
const ONE_END_MS = 5000;

type Source = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

/**
 * Calls back on each thing that asks this process to end: SIGINT, SIGTERM, SIGQUIT, and, once, the end of its terminal
 * (SIGHUP, or a terminal that can't be written to any more). Nobody insists by losing a terminal: it is never a second
 * call, and what comes shortly after it isn't either.
 * @returns the function that ends the subscription
 */
export function onInterrupt(
  signals: Source,
  terminals: readonly OutputStream[],
  listener: () => void,
  now: () => number = () => performance.now(),
): () => void {
  let called = false;
  let hungUpAt = Number.NEGATIVE_INFINITY;
  const signalled = (): void => {
    if (now() - hungUpAt < ONE_END_MS) return;
    called = true;
    listener();
  };
  const hungUp = (): void => {
    if (called) return;
    called = true;
    hungUpAt = now();
    listener();
  };
  const own = terminals.filter(({ isTTY }) => isTTY === true);
  for (const signal of SIGNALS) signals.on(signal, signalled);
  signals.on('SIGHUP', hungUp);
  for (const terminal of own) terminal.on('error', hungUp);
  return () => {
    for (const signal of SIGNALS) signals.off(signal, signalled);
    signals.off('SIGHUP', hungUp);
    for (const terminal of own) terminal.off('error', hungUp);
  };
}
