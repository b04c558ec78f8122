import type { ChildProcess } from 'node:child_process';
import { effortOf } from './proc.js';

/** Looks are this far apart at most, in ms, and a few of them fit into the time without a sign of life. */
const MOST_BETWEEN = 15_000;
const LOOKS = 6;
/** Clock ticks of CPU that count: runtimes of some languages use one now and then although they wait. */
const SOME_TICKS = 2;

/**
 * Calls `onQuiet` once nothing has moved for `idleMs`: no output, no CPU time and no byte read or written by any
 * process of the child's session. Long work on a slow disk moves; a process that waits for a host or a mount that is
 * gone doesn't. The returned function ends the watch.
 */
export function watchActivity(
  child: ChildProcess,
  session: number,
  idleMs: number,
  onQuiet: (quietMs: number) => void,
): () => void {
  let movedAt = performance.now();
  let last = { ticks: 0, bytes: 0 };
  const move = (): void => {
    movedAt = performance.now();
  };
  const look = (): void => {
    const effort = effortOf(session);
    if (effort.bytes !== last.bytes || Math.abs(effort.ticks - last.ticks) >= SOME_TICKS) {
      last = effort;
      move();
      return;
    }
    const quietMs = performance.now() - movedAt;
    if (quietMs < idleMs) return;
    unwatch();
    onQuiet(quietMs);
  };
  const timer = setInterval(look, Math.min(MOST_BETWEEN, idleMs / LOOKS));
  const streams = [child.stdout, child.stderr].filter((stream) => stream?.listenerCount('data'));
  for (const stream of streams) stream?.on('data', move);
  const unwatch = (): void => {
    clearInterval(timer);
    for (const stream of streams) stream?.off('data', move);
  };
  return unwatch;
}
