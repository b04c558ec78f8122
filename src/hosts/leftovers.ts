import type { ChildRecord } from '../core/host.js';
import { isAlive, type ProcessKey, processesOfRun } from './proc.js';
import { signal, waitUntil } from './terminate.js';

/**
 * Ends everything that a dead owner's run left running: the journaled children, each only if pid and start
 * time are still the same, with their process groups; and every process that carries the run in its
 * environment, which also finds children that were started but not journaled any more.
 * SIGTERM first, SIGKILL after `graceMs`. Returns how many processes there were.
 */
export async function endLeftovers(
  runId: string,
  children: readonly ChildRecord[],
  graceMs: number,
): Promise<number> {
  const ended = new Map<string, ProcessKey>();
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    const found = [...processesOfRun(runId), ...children.filter(isAlive)];
    for (const { pid, startTime } of found) ended.set(`${pid} ${startTime}`, { pid, startTime });
    for (const child of children.filter(isAlive)) signal(-child.processGroup, name);
    for (const process of found.filter(isAlive)) signal(process.pid, name);
    const gone = (): boolean => ![...ended.values()].some(isAlive) && processesOfRun(runId).length === 0;
    if (await waitUntil(gone, graceMs)) break;
  }
  return ended.size;
}
