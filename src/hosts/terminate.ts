import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/** Sends a signal to a process, or to a group when negative; false when nobody is there to receive it. */
export function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, name);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `gone` holds, at most `ms` milliseconds; true when it does. */
export async function waitUntil(gone: () => boolean, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!gone()) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Groups that were asked to end and may not have ended yet. */
const ending = new Set<number>();

// Nobody comes back for what only looked, such as a plan's probe that ignores SIGTERM.
process.on('exit', () => {
  for (const group of ending) signal(-group, 'SIGKILL');
});

/**
 * Ends a process group that is ours: SIGTERM, and SIGKILL for what is left of it after `graceMs`, or when this process
 * ends before that.
 */
export async function terminateGroup(processGroup: number, graceMs: number): Promise<void> {
  if (!signal(-processGroup, 'SIGTERM')) return;
  ending.add(processGroup);
  const gone = await waitUntil(() => !signal(-processGroup, 0), graceMs);
  if (!gone) signal(-processGroup, 'SIGKILL');
  ending.delete(processGroup);
}
