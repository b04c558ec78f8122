import { afterEach, describe, expect, test } from '@jest/globals';
import { exec } from '../../src/hosts/exec.js';
import { createLocalHosts } from '../../src/hosts/local.js';
import { pipe } from '../../src/hosts/pipe.js';
import { processesOfRun } from '../../src/hosts/proc.js';
import { eventually, recordingScope, runs } from './support/scope.js';

const SETTINGS = { environment: process.env, graceMs: 300 };
/** Leaves a process in a session of its own that keeps the output open. */
const LEAVES = 'setsid sleep 300 & ';

const marks: string[] = [];

function scopeOf() {
  const made = recordingScope();
  marks.push(made.scope.runId);
  return made;
}

afterEach(() => {
  for (const mark of marks.splice(0)) {
    for (const { pid } of processesOfRun(mark)) process.kill(pid, 'SIGKILL');
  }
});

describe('a command that leaves a process behind', () => {
  test('has ended when it has, with all of its output and its own time', async () => {
    const { scope } = scopeOf();
    const lines: string[] = [];
    const script = `${LEAVES} sleep 0.2; seq 20000; printf end`;
    const began = performance.now();
    const result = await exec(
      ['sh', '-c', script],
      { onStdout: (line) => lines.push(line) },
      scope,
      SETTINGS,
    );
    expect(performance.now() - began).toBeLessThan(5000);
    expect(result).toMatchObject({ ok: true, exitCode: 0 });
    expect(lines).toHaveLength(20_001);
    expect(lines.at(-1)).toBe('end');
    // Without what was waited for on behalf of the pipes.
    expect(result.durationMs).toBeLessThan(performance.now() - began - 200);
  });

  test('is read on for two seconds at most when the other goes on writing', async () => {
    const { scope } = scopeOf();
    const began = performance.now();
    const script = "setsid sh -c 'while :; do echo on; sleep 0.05; done' & echo own";
    const result = await exec(['sh', '-c', script], {}, scope, SETTINGS);
    expect(result.stdout).toContain('own\n');
    expect(performance.now() - began).toBeLessThan(6000);
  });

  test('can be stopped', async () => {
    const { scope, stop } = scopeOf();
    let ready = false;
    const running = exec(
      ['sh', '-c', `${LEAVES} echo ready; exec sleep 300`],
      { onStdout: () => (ready = true) },
      scope,
      SETTINGS,
    );
    await eventually(() => ready);
    const began = performance.now();
    stop.abort();
    expect(await running).toMatchObject({ stopped: true, signal: 'SIGTERM' });
    expect(performance.now() - began).toBeLessThan(6000);
  });

  test('does not hold up the rest of its pipeline', async () => {
    const { scope } = scopeOf();
    const results = await pipe([['sh', '-c', `${LEAVES} echo text`], ['cat']], null, {}, scope, SETTINGS);
    expect(results).toMatchObject([
      { ok: true, exitCode: 0 },
      { ok: true, exitCode: 0 },
    ]);
  });

  test('leaves what is found by the mark, ended and named', async () => {
    const { scope } = scopeOf();
    await exec(['sh', '-c', `${LEAVES} true`], {}, scope, SETTINGS);
    await eventually(() => processesOfRun(scope.runId).length === 1);
    const left = await createLocalHosts().endLeftovers(scope.runId, []);
    expect(left).toEqual([{ pid: expect.any(Number), name: 'sleep', isGone: true }]);
    expect(runs(left[0]?.pid ?? 0)).toBe(false);
  });
});

describe('a command without a sign of life', () => {
  test('is ended, and says for how long nothing moved', async () => {
    const { scope } = scopeOf();
    const result = await exec(['sleep', '300'], { idleMs: 500 }, scope, SETTINGS);
    expect(result).toMatchObject({ ok: false, timedOut: true, stopped: false, signal: 'SIGTERM' });
    expect(result.quietMs).toBeGreaterThanOrEqual(500);
  });

  test('is ended by the time of its scope unless it has one of its own', async () => {
    const { scope } = recordingScope({ idleMs: 400 });
    const quick = await exec(['sleep', '300'], {}, scope, SETTINGS);
    expect(quick.quietMs).toBeGreaterThanOrEqual(400);
    const own = await exec(['sleep', '1'], { timeoutMs: 10_000 }, scope, SETTINGS);
    expect(own).toMatchObject({ ok: true, timedOut: false });
    expect(own.quietMs).toBeUndefined();
  });

  test('ends a pipeline too', async () => {
    const { scope } = scopeOf();
    const results = await pipe([['sleep', '300'], ['cat']], null, { idleMs: 500 }, scope, SETTINGS);
    expect(results[0]).toMatchObject({ ok: false, timedOut: true });
  });

  test.each([
    ['writes', 'for i in 1 2 3 4 5 6 7 8; do sleep 0.2; echo "$i"; done'],
    ['uses the CPU', 'end=$(($(date +%s) + 2)); while [ "$(date +%s)" -lt $end ]; do :; done'],
    ['reads', 'for i in 1 2 3 4 5 6 7 8; do sleep 0.2; read -r x </proc/self/stat; done'],
  ])('is another than one that %s', async (_what, script) => {
    const { scope } = scopeOf();
    const result = await exec(['bash', '-c', script], { idleMs: 700 }, scope, SETTINGS);
    expect(result).toMatchObject({ ok: true, timedOut: false });
  });
});
