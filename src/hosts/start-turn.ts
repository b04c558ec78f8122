import { getPriority, setPriority } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';

const POLITER_BY = 5;
const POLITEST = 19;

let last: Promise<void> = Promise.resolve();

/**
 * Resolves when a process may be started: once for each turn of the event loop. A start blocks it until the
 * child has been given a CPU, so forty in a row would leave Discord and /healthz without an answer meanwhile.
 */
export function startTurn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}

/** Lets what runs beside a child, this process above all, come first while there is not enough CPU for all. */
export function makePolite(pid: number): void {
  try {
    setPriority(pid, Math.min(POLITEST, getPriority() + POLITER_BY));
  } catch {
    // It has ended already.
  }
}
