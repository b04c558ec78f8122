import type { ChildProcess } from 'node:child_process';
import type { ExecResult, HostScope } from '../core/host.js';
import { startTimeOfChild } from './proc.js';
import { terminateGroup } from './terminate.js';

/** What {@link supervise} needs to know about a child besides the process itself. */
export interface Supervision {
  readonly scope: HostScope;
  readonly argv0: string;
  readonly graceMs: number;
  readonly timeoutMs?: number | undefined;
  readonly uninterruptible?: boolean | undefined;
}

/** EACCES: nowhere in PATH, of which a folder may not be searched; or there, and not executable for this user. */
const NOT_FOUND = ['ENOENT', 'EACCES'];

/** How a child ended, before its output is added. */
export type ChildEnd = Omit<ExecResult, 'stdout' | 'stderr'>;

/**
 * Looks after a child that leads its own process group: journals it, ends the group when the run is stopped
 * or the time is up, and says how it ended. Rejects only when the journal can't be written; the child is
 * ended then, because nobody could find it again.
 */
export async function supervise(child: ChildProcess, options: Supervision): Promise<ChildEnd> {
  const started = performance.now();
  const ended = endOf(child);
  const { pid } = child;
  if (pid === undefined) return { ...FAILED, notFound: NOT_FOUND.includes((await ended).code ?? '') };

  let stopped = false;
  let timedOut = false;
  let terminating: Promise<void> | null = null;
  const end = (): void => {
    terminating ??= terminateGroup(pid, options.graceMs);
  };
  const onStop = (): void => {
    stopped = true;
    end();
  };
  const { signal, onChild } = options.scope;
  if (!options.uninterruptible) signal.addEventListener('abort', onStop, { once: true });
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, options.timeoutMs);
  try {
    const record = { pid, processGroup: pid, startTime: startTimeOfChild(pid), argv0: options.argv0 };
    try {
      await onChild(record);
    } catch (error) {
      end();
      await ended;
      throw error;
    }
    const { exitCode, signal: by } = await ended;
    const durationMs = performance.now() - started;
    return { ok: exitCode === 0, exitCode, signal: by, notFound: false, timedOut, stopped, durationMs };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onStop);
    await terminating;
  }
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

interface End {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The system's code when it could not be started. */
  readonly code?: string;
}

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ exitCode: null, signal: null, code: error.code ?? '' });
    });
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}
