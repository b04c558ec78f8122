import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ExecResult, HostScope } from '../core/ports/host.js';
import { watchActivity, watchSigns } from './activity.js';
import { processesOfRun, sessionOf, startTimeOfChild } from './proc.js';
import { processEnd } from './process-end.js';
import { signal as send, terminateGroup } from './terminate.js';

/** What {@link supervise} needs to know about a child besides the process itself. */
export interface Supervision {
  readonly scope: HostScope;
  readonly argv0: string;
  readonly graceMs: number;
  readonly timeoutMs?: number | undefined;
  /** Ended when it has given no sign of life for so long. */
  readonly idleMs?: number | undefined;
  readonly uninterruptible?: boolean | undefined;
  /** See `ExecOptions`. */
  readonly afterStopMs?: number | undefined;
  readonly until?: AbortSignal | undefined;
  /** What of its output somebody reads to its end, however long after the child's own end. */
  readonly passedOn?: Readable | null | undefined;
}

/** EACCES: nowhere in PATH, of which a folder may not be searched; or there, and not executable for this user. */
const NOT_FOUND = ['ENOENT', 'EACCES'];

/** The sessions of the children that are looked after now. */
const underCare = new Set<number>();

/** Ends what children of the run that have ended left running in sessions of its own. */
export function endStrays(runId: string): void {
  for (const { pid } of processesOfRun(runId)) {
    if (!underCare.has(sessionOf(pid))) send(pid, 'SIGKILL');
  }
}

/** How a child ended, before its output is added. */
export type ChildEnd = Omit<ExecResult, 'stdout' | 'stderr'>;

/** What a command gets that brings no deadline of its own, in ms: long enough for the slowest disk's pause. */
const IDLE_MS = 600_000;
/** How long after SIGKILL a process that still doesn't end is given up, in ms. */
const KILL_MS = 1500;

/**
 * Looks after a child that leads its own process group: journals it, ends the group when the run is stopped, the
 * time is up or nothing moves any more, and says how it ended. A process that even SIGKILL doesn't end, because it
 * waits for a disk in the kernel, is given up and named in the run's log. Rejects only when the journal can't be
 * written; the child is ended then, because nobody could find it again.
 */
export async function supervise(child: ChildProcess, options: Supervision): Promise<ChildEnd> {
  const started = performance.now();
  const { ended, abandon } = processEnd(child, options.passedOn ?? null);
  const { pid } = child;
  if (pid === undefined) return { ...FAILED, notFound: NOT_FOUND.includes((await ended).code ?? '') };

  let stopped = false;
  let timedOut = false;
  let quietMs: number | null = null;
  let terminating: Promise<void> | null = null;
  let givingUp: NodeJS.Timeout | undefined;
  const end = (): void => {
    terminating ??= terminateGroup(pid, options.graceMs).then(() => {
      givingUp = setTimeout(abandon, KILL_MS);
    });
  };
  const onStop = (): void => {
    stopped = true;
    end();
  };
  const { signal, onChild } = options.scope;
  const ends = [options.until, options.uninterruptible ? undefined : signal];
  for (const one of ends) {
    if (one?.aborted) onStop();
    else one?.addEventListener('abort', onStop, { once: true });
  }
  const unwatch = watchDeadlines(child, pid, options, (quiet) => {
    timedOut = true;
    quietMs = quiet;
    end();
  });
  const unheard = watchSigns(child, pid, options.scope.onSign);
  underCare.add(pid);
  try {
    const record = { pid, processGroup: pid, startTime: startTimeOfChild(pid), argv0: options.argv0 };
    try {
      await onChild(record);
    } catch (error) {
      end();
      await ended;
      throw error;
    }
    const { exitCode, signal: by, at, isStuck } = await ended;
    if (isStuck) options.scope.onOutput('stderr', stuckLine(pid, options.argv0));
    const how = { ok: exitCode === 0, exitCode, signal: by, notFound: false, timedOut, stopped };
    return { ...how, durationMs: at - started, ...(quietMs === null ? {} : { quietMs }) };
  } finally {
    underCare.delete(pid);
    unwatch();
    unheard();
    for (const one of ends) one?.removeEventListener('abort', onStop);
    await terminating;
    clearTimeout(givingUp);
  }
}

/** Calls `onReached` once, with the ms in which nothing moved, or null when the whole time is up. */
function watchDeadlines(
  child: ChildProcess,
  pid: number,
  { timeoutMs, idleMs, uninterruptible, afterStopMs, scope }: Supervision,
  onReached: (quietMs: number | null) => void,
): () => void {
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => onReached(null), timeoutMs);
  let hurried: NodeJS.Timeout | undefined;
  const hurry = (): void => {
    hurried = setTimeout(() => onReached(null), afterStopMs);
  };
  const isHurried = uninterruptible === true && afterStopMs !== undefined;
  if (isHurried && scope.signal.aborted) hurry();
  else if (isHurried) scope.signal.addEventListener('abort', hurry, { once: true });
  const patience = idleMs ?? (timeoutMs === undefined ? (scope.idleMs ?? IDLE_MS) : undefined);
  const unwatch = patience === undefined ? () => {} : watchActivity(child, pid, patience, onReached);
  return () => {
    clearTimeout(timer);
    clearTimeout(hurried);
    scope.signal.removeEventListener('abort', hurry);
    unwatch();
  };
}

function stuckLine(pid: number, argv0: string): string {
  return `Process ${pid} (${argv0}) can’t be ended: it waits for a disk that doesn’t answer. It ends once that does.`;
}

/** A child that never ran. */
export const FAILED: ChildEnd = {
  ok: false,
  exitCode: null,
  signal: null,
  notFound: false,
  timedOut: false,
  stopped: false,
  durationMs: 0,
};
