import { setTimeout as sleep } from 'node:timers/promises';
import { type Access, isPassing, ProxmoxError } from './access.js';
import { stopTask, type TaskRef, type TaskStatus, taskLog, taskStatus } from './calls.js';

export interface FollowOptions {
  /** Aborted when the run is stopped: the task is then ended, and followed until it has. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  readonly pollMs: number;
  /** For how long Proxmox may not answer. */
  readonly patienceMs: number;
  /** For how long a stopped task may still run. */
  readonly stopMs: number;
}

/** How following a task ended. */
export type Followed =
  | {
      readonly state: 'stopped';
      /** `OK`, `WARNINGS: n`, or why it failed. Hostile text. */
      readonly exitStatus: string;
      /** When it began, in seconds by the node's clock. */
      readonly startTime: number;
    }
  /** It may still be running: Proxmox did not answer any more, or would not stop it. */
  | { readonly state: 'lost'; readonly why: string };

/** Lines asked for at once; Proxmox's own default is 50. */
const LINES = 500;

/** Follows a task to its end and passes on every line of its log, once and in order. */
export async function followTask(access: Access, task: TaskRef, options: FollowOptions): Promise<Followed> {
  const { signal, pollMs, patienceMs, stopMs } = options;
  const log = logReader(access, task, options.onLine);
  let silentSince: number | null = null;
  let stoppedAt: number | null = null;
  for (;;) {
    try {
      if (signal.aborted && stoppedAt === null) {
        await stopTask(access, task);
        stoppedAt = Date.now();
      }
      const status = await taskStatus(access, task);
      // After the status: what was written before the end is then certainly read.
      await log();
      silentSince = null;
      if (status.status === 'stopped') return endOf(status);
      if (stoppedAt !== null && Date.now() - stoppedAt > stopMs) {
        return { state: 'lost', why: 'it did not end when told to' };
      }
    } catch (error) {
      if (!(error instanceof ProxmoxError)) throw error;
      silentSince ??= Date.now();
      if (!isPassing(error) || Date.now() - silentSince > patienceMs) {
        return { state: 'lost', why: error.message };
      }
    }
    await pause(pollMs, stoppedAt === null ? signal : null);
  }
}

function endOf({ exitstatus, starttime }: TaskStatus): Followed {
  return { state: 'stopped', exitStatus: exitstatus ?? 'no exit status', startTime: starttime };
}

/** Returns a function that passes on the lines that are new. */
function logReader(access: Access, task: TaskRef, onLine: (line: string) => void): () => Promise<void> {
  let read = 0;
  return async () => {
    for (;;) {
      const lines = await taskLog(access, task, read, LINES);
      for (const { t } of lines) onLine(t);
      read += lines.length;
      if (lines.length < LINES) return;
    }
  };
}

async function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
