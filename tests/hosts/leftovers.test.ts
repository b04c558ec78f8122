import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ChildRecord } from '../../src/core/ports/host.js';
import { endLeftovers } from '../../src/hosts/leftovers.js';
import { createLocalHosts } from '../../src/hosts/local.js';
import { startTimeOf } from '../../src/hosts/proc.js';
import { eventually, runs } from './support/scope.js';

const started: ChildProcess[] = [];
const run = `r-leftover-${process.pid}`;

function start(script: string, env: NodeJS.ProcessEnv): number {
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, ...env },
  });
  started.push(child);
  return child.pid ?? 0;
}

function record(pid: number): ChildRecord {
  return { pid, processGroup: pid, startTime: startTimeOf(pid) ?? '', argv0: 'sh' };
}

afterEach(() => {
  for (const { pid } of started.splice(0)) {
    if (pid !== undefined && runs(pid)) process.kill(-pid, 'SIGKILL');
  }
});

describe('leftovers', () => {
  test('are ended when journaled, also when they ignore SIGTERM', async () => {
    const pid = start('trap "" TERM; while :; do sleep 1; done', {});
    expect(await endLeftovers(run, [record(pid)], 200)).toEqual([{ pid, name: 'sh', isGone: true }]);
    await eventually(() => !runs(pid));
  });

  test('are found by their environment when the journal does not know them yet', async () => {
    const pid = start('sleep 300 & wait', { CHATOPS_RUN: run });
    const other = start('sleep 300 & wait', { CHATOPS_RUN: `${run}-other` });
    await eventually(() => startTimeOf(pid) !== null && startTimeOf(other) !== null);
    expect((await endLeftovers(run, [], 2000)).map((left) => left.pid)).toContain(pid);
    await eventually(() => !runs(pid));
    expect(runs(other)).toBe(true);
  });

  test('are never what only has their pid', async () => {
    const pid = start('sleep 300', {});
    const reused = { ...record(pid), startTime: '1' };
    expect(await endLeftovers(run, [reused], 200)).toEqual([]);
    expect(runs(pid)).toBe(true);
  });

  test('may be gone already', async () => {
    const pid = start('exit 0', {});
    const gone = record(pid);
    await eventually(() => !runs(pid));
    expect(await endLeftovers(run, [gone], 200)).toEqual([]);
  });
});

describe('owners', () => {
  const hosts = createLocalHosts();

  test('are alive, dead, or unknown from here', async () => {
    const self = hosts.self();
    expect(hosts.liveness(self)).toBe('alive');
    expect(hosts.liveness({ ...self, startTime: '1' })).toBe('dead');
    expect(hosts.liveness({ ...self, machine: 'another boot pid:[1]' })).toBe('unknown');
    const pid = start('sleep 300', {});
    const { startTime } = record(pid);
    expect(hosts.liveness({ machine: self.machine, pid, startTime })).toBe('alive');
    process.kill(-pid, 'SIGKILL');
    await eventually(() => !runs(pid));
    expect(hosts.liveness({ machine: self.machine, pid, startTime })).toBe('dead');
  });
});
