import type { ChildRecord, Leftover } from '../core/ports/host.js';
import { isAlive, nameOf, type ProcessKey, processesOfRun } from './proc.js';
import { signal, waitUntil } from './terminate.js';

/** How long after SIGKILL processes are waited for, in ms: those that are still there wait for a disk. */
const KILL_MS = 1500;

/**
 * Ends everything that a run left running: the journaled children, each only if pid and start time are still the
 * same, with their process groups; and every process that carries the run in its environment, which also finds
 * children that were started but not journaled any more, and those that left their group.
 * SIGTERM first, SIGKILL after `graceMs`.
 */
export async function endLeftovers(
  runId: string,
  children: readonly ChildRecord[],
  graceMs: number,
): Promise<readonly Leftover[]> {
  const seen = new Map<string, ProcessKey & { readonly name: string }>();
  for (const [name, patience] of [['SIGTERM', graceMs] as const, ['SIGKILL', KILL_MS] as const]) {
    const found = [...processesOfRun(runId), ...children.filter(isAlive)];
    for (const { pid, startTime } of found)
      seen.set(`${pid} ${startTime}`, { pid, startTime, name: nameOf(pid) });
    for (const child of children.filter(isAlive)) signal(-child.processGroup, name);
    for (const process of found.filter(isAlive)) signal(process.pid, name);
    const gone = (): boolean => ![...seen.values()].some(isAlive) && processesOfRun(runId).length === 0;
    if (await waitUntil(gone, patience)) break;
  }
  return [...seen.values()].map((one) => ({ pid: one.pid, name: one.name, isGone: !isAlive(one) }));
}
