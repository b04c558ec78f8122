import { setImmediate as nextTurn } from 'node:timers/promises';

let last: Promise<void> = Promise.resolve();

/**
 * Resolves when a process may be started: once for each turn of the event loop. A start blocks it until the
 * child has been given a CPU, so forty in a row would leave Discord and /healthz without an answer meanwhile.
 */
export function startTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}
