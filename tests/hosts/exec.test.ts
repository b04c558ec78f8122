import { describe, expect, test } from '@jest/globals';
import { exec } from '../../src/hosts/exec.js';
import { eventually, recordingScope, runs } from './support/scope.js';

const SETTINGS = { environment: process.env, graceMs: 300 };

describe('a command', () => {
  test('gives its output, its exit code, and a journaled child with its own group', async () => {
    const { scope, children, output } = recordingScope();
    const result = await exec(['sh', '-c', 'echo out; echo err >&2; exit 3'], {}, scope, SETTINGS);
    expect(result).toMatchObject({
      ...{ ok: false, exitCode: 3, signal: null, notFound: false, timedOut: false, stopped: false },
      ...{ stdout: 'out\n', stderr: 'err\n' },
    });
    expect(children).toEqual([
      {
        pid: expect.any(Number),
        processGroup: children[0]?.pid,
        startTime: expect.stringMatching(/^\d+$/),
        argv0: 'sh',
      },
    ]);
    expect(output).toEqual(['stderr: err']);
  });

  test('that is not installed is a result', async () => {
    const { scope, children } = recordingScope();
    const result = await exec(['chatops-no-such-program'], {}, scope, SETTINGS);
    expect(result).toMatchObject({ ok: false, notFound: true, exitCode: null });
    expect(children).toEqual([]);
  });

  test('sees only a minimal environment, its own additions, and secrets where they are named', async () => {
    const { scope } = recordingScope();
    const environment = {
      PATH: process.env.PATH,
      HOME: '/h',
      DISCORD_TOKEN: 'x',
      DOCKER_HOST: 'd',
      LANG: 'de',
    };
    const script = 'env | grep -Ev "^(PWD|SHLVL|_|OLDPWD)=" | sort; echo "$0"';
    const result = await exec(
      ['sh', '-c', script, { secret: 'ONE' }],
      { env: { PASSWORD: { secret: 'TWO' }, MORE: '1' } },
      scope,
      { environment, graceMs: 300 },
    );
    expect(result.stdout.trim().split('\n')).toEqual([
      `CHATOPS_RUN=${scope.runId}`,
      'DOCKER_HOST=d',
      'HOME=/h',
      'LC_ALL=C.UTF-8',
      'MORE=1',
      'PASSWORD=value of TWO',
      `PATH=${process.env.PATH}`,
      'value of ONE',
    ]);
  });

  test('reads bytes from stdin, and else finds it empty', async () => {
    const { scope } = recordingScope();
    const bytes = await exec(['od', '-An', '-tx1'], { stdin: Buffer.from([0, 255, 10]) }, scope, SETTINGS);
    expect(bytes.stdout.trim()).toBe('00 ff 0a');
    expect((await exec(['cat'], {}, scope, SETTINGS)).stdout).toBe('');
  });

  test('may print 200 MB in one line, without the memory growing', async () => {
    const { scope } = recordingScope();
    const lengths: number[] = [];
    const before = process.memoryUsage().rss;
    const result = await exec(
      ['sh', '-c', 'head -c 200000000 /dev/zero | tr "\\0" x; echo; echo next'],
      { keep: 1000, onStdout: (line) => lengths.push(line.length) },
      scope,
      SETTINGS,
    );
    expect(lengths).toEqual([64 * 1024, 4]);
    expect(result.stdout).toHaveLength(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('keeps lines to omit out of the log and the result', async () => {
    const { scope, output } = recordingScope();
    const lines: string[] = [];
    const result = await exec(
      ['sh', '-c', 'echo 1% >&2; echo kept >&2'],
      { omit: (line) => line.endsWith('%'), onStderr: (line) => lines.push(line) },
      scope,
      SETTINGS,
    );
    expect(lines).toEqual(['1%', 'kept']);
    expect(result.stderr).toBe('kept\n');
    expect(output).toEqual(['stderr: kept']);
  });
});

/** A shell whose grandchild also ignores SIGTERM; prints that one's pid. */
const STUBBORN = 'trap "" TERM; sleep 300 & echo $!; wait; wait; sleep 300';

describe('stopping', () => {
  test('ends the whole group, also what ignores SIGTERM', async () => {
    const { scope, stop } = recordingScope();
    let grandchild = 0;
    const running = exec(
      ['sh', '-c', STUBBORN],
      { onStdout: (line) => (grandchild = Number(line)) },
      scope,
      SETTINGS,
    );
    await eventually(() => grandchild > 0);
    stop.abort();
    expect(await running).toMatchObject({ ok: false, stopped: true, signal: 'SIGKILL' });
    await eventually(() => !runs(grandchild));
  });

  test('lets a command tidy up on SIGTERM', async () => {
    const { scope, stop } = recordingScope();
    let ready = false;
    const script = 'trap "echo tidy; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
    const running = exec(['sh', '-c', script], { onStdout: () => (ready = true) }, scope, SETTINGS);
    await eventually(() => ready);
    stop.abort();
    const result = await running;
    expect(result).toMatchObject({ stopped: true, exitCode: 7 });
    expect(result.stdout).toContain('tidy');
  });

  test('before the start means no start', async () => {
    const { scope, children, stop } = recordingScope();
    stop.abort();
    expect(await exec(['true'], {}, scope, SETTINGS)).toMatchObject({ ok: false, stopped: true });
    expect(children).toEqual([]);
  });

  test('does not concern what is uninterruptible', async () => {
    const { scope, stop } = recordingScope();
    stop.abort();
    const result = await exec(['sh', '-c', 'echo back'], { uninterruptible: true }, scope, SETTINGS);
    expect(result).toMatchObject({ ok: true, stopped: false, stdout: 'back\n' });
  });

  test('happens also when the time is up', async () => {
    const { scope } = recordingScope();
    const result = await exec(['sleep', '300'], { timeoutMs: 50 }, scope, SETTINGS);
    expect(result).toMatchObject({ ok: false, timedOut: true, stopped: false, signal: 'SIGTERM' });
  });

  test('happens when the journal can’t be written', async () => {
    let pid = 0;
    const { scope } = recordingScope({
      onChild: async (child) => {
        pid = child.pid;
        throw new Error('disk full');
      },
    });
    await expect(exec(['sleep', '300'], {}, scope, SETTINGS)).rejects.toThrow('disk full');
    expect(runs(pid)).toBe(false);
  });
});
