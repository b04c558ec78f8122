import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildRecord, HostScope } from '../../../src/core/ports/host.js';

/** A scope that keeps what it is told. */
export function recordingScope(changed: Partial<HostScope> = {}) {
  const children: ChildRecord[] = [];
  const output: string[] = [];
  const stop = new AbortController();
  const scope: HostScope = {
    runId: `r-${process.pid}-${Math.random().toString(36).slice(2, 8)}`,
    signal: stop.signal,
    resolveSecret: (name) => `value of ${name}`,
    onChild: async (child) => void children.push(child),
    onOutput: (stream, line) => void output.push(`${stream}: ${line}`),
    ...changed,
  };
  return { scope, children, output, stop };
}

/** Waits until it holds; the test's own timeout ends it otherwise. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** Is there a process that does not merely wait to be reaped? */
export function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
