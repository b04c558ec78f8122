import { setTimeout as sleep } from 'node:timers/promises';
import { type Access, isPassing, ProxmoxError } from './access.js';
import { stopTask, type TaskRef, type TaskStatus, taskStatus } from './calls.js';
import { logReader } from './log-reader.js';

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
      /** Why the log could not be read to its end; null when it was. Hostile text. */
      readonly logGap: string | null;
    }
  /** It may still be running: Proxmox did not answer any more, or would not stop it. */
  | { readonly state: 'lost'; readonly why: string };

/** So many looks at the log of a task that has ended, for its last line. */
const LAST_LOOKS = 5;

/** Follows a task to its end and passes on every line of its log, once and in order. */
export async function followTask(access: Access, task: TaskRef, options: FollowOptions): Promise<Followed> {
  const { signal, pollMs, patienceMs, stopMs } = options;
  const log = logReader(access, task, options.onLine);
  /** Why the log is no longer read: Proxmox refuses it. */
  let refused: string | null = null;
  let ended: TaskStatus | null = null;
  let lastLooks = 0;
  let silentSince: number | null = null;
  let stoppedAt: number | null = null;
  for (;;) {
    try {
      if (signal.aborted && stoppedAt === null) {
        if (ended === null) await stopTask(access, task);
        stoppedAt = Date.now();
      }
      ended ??= endedBy(await taskStatus(access, task));
      // After the status: what was written before the end is then certainly read.
      refused ??= await readLog(ended !== null);
      silentSince = null;
      if (ended !== null) {
        lastLooks += 1;
        if (log.isComplete()) return end(ended, null);
        if (refused !== null) return end(ended, refused);
        if (lastLooks >= LAST_LOOKS) return end(ended, 'its last line is missing');
      }
      if (stoppedAt !== null && ended === null && Date.now() - stoppedAt > stopMs) {
        return { state: 'lost', why: 'it did not end when told to' };
      }
    } catch (error) {
      if (!(error instanceof ProxmoxError)) throw error;
      silentSince ??= Date.now();
      if (!isPassing(error) || Date.now() - silentSince > patienceMs) {
        return ended === null ? { state: 'lost', why: error.message } : end(ended, error.message);
      }
    }
    await pause(pollMs, stoppedAt === null ? signal : null);
  }

  /** Null, or why Proxmox doesn't give the log. */
  async function readLog(toEnd: boolean): Promise<string | null> {
    try {
      await log.read(toEnd);
      return null;
    } catch (error) {
      if (!(error instanceof ProxmoxError) || isPassing(error)) throw error;
      return error.message;
    }
  }
}

function endedBy(status: TaskStatus): TaskStatus | null {
  return status.status === 'stopped' ? status : null;
}

function end({ exitstatus }: TaskStatus, logGap: string | null): Followed {
  return { state: 'stopped', exitStatus: exitstatus ?? 'no exit status', logGap };
}

async function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
