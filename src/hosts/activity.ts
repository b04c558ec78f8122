import type { ChildProcess } from 'node:child_process';
import type { ChildSign } from '../core/ports/host.js';
import { effortOf } from './proc.js';

/** Looks are this far apart at most, in ms, and a few of them fit into the time without a sign of life. */
const MOST_BETWEEN = 15_000;
const LOOKS = 6;
/** Clock ticks of CPU that count: runtimes of some languages use one now and then although they wait. */
const SOME_TICKS = 2;

/** Who is told about signs of life is told soon: looks are so far apart, and it is quiet after so long, in ms. */
const SIGN_LOOK_MS = 2000;
const SIGN_QUIET_MS = 3500;

/**
 * Calls `onQuiet` once nothing has moved for `idleMs`. Long work on a slow disk moves; a process that waits for a
 * host or a mount that is gone doesn't. The returned function ends the watch.
 */
export function watchActivity(
  child: ChildProcess,
  session: number,
  idleMs: number,
  onQuiet: (quietMs: number) => void,
): () => void {
  const unwatch = watchMovement(child, session, Math.min(MOST_BETWEEN, idleMs / LOOKS), (quietMs) => {
    if (quietMs < idleMs) return;
    unwatch();
    onQuiet(quietMs);
  });
  return unwatch;
}

/** Tells the child's signs from now until the returned function says that it has ended. */
export function watchSigns(
  child: ChildProcess,
  session: number,
  onSign: ((sign: ChildSign) => void) | undefined,
): () => void {
  if (!onSign) return () => {};
  let isQuiet = false;
  const tell = (now: boolean): void => {
    if (now === isQuiet) return;
    isQuiet = now;
    onSign(now ? 'quiet' : 'moving');
  };
  onSign('began');
  const unwatch = watchMovement(child, session, SIGN_LOOK_MS, (quietMs) => tell(quietMs >= SIGN_QUIET_MS));
  return () => {
    unwatch();
    tell(false);
    onSign('ended');
  };
}

/**
 * Says at each look for how many ms nothing has moved: no output, no CPU time and no byte read or written by any
 * process of the child's session.
 */
function watchMovement(
  child: ChildProcess,
  session: number,
  everyMs: number,
  onLook: (quietMs: number) => void,
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
    }
    onLook(performance.now() - movedAt);
  };
  const timer = setInterval(look, everyMs);
  const streams = [child.stdout, child.stderr].filter((stream) => stream?.listenerCount('data'));
  for (const stream of streams) stream?.on('data', move);
  return () => {
    clearInterval(timer);
    for (const stream of streams) stream?.off('data', move);
  };
}
