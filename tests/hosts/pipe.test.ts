import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Folder } from '../../src/core/ports/host.js';
import { pipe } from '../../src/hosts/pipe.js';
import { eventually, recordingScope, runs } from './support/scope.js';

const SETTINGS = { environment: process.env, graceMs: 300 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatops-test-'));
  file = join(folder, 'out');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a pipeline', () => {
  test('carries every byte from command to command into a file of its own', async () => {
    const { scope, children } = recordingScope();
    const source = ['head', '-c', '50000000', '/dev/urandom'];
    const results = await pipe([source, ['tee', join(folder, 'copy')], ['cat']], file, {}, scope, SETTINGS);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(readFileSync(file).equals(readFileSync(join(folder, 'copy')))).toBe(true);
    expect(statSync(file).size).toBe(50_000_000);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new Set(children.map(({ pid }) => pid)).size).toBe(3);
  });

  test('never writes into a file that is there', async () => {
    writeFileSync(file, 'precious');
    const { scope, children } = recordingScope();
    await expect(pipe([['echo', 'x']], file, {}, scope, SETTINGS)).rejects.toMatchObject({
      name: 'HostError',
      code: 'EEXIST',
      path: file,
    });
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(children).toEqual([]);
  });

  test('says for each command how it ended; a writer learns that its reader is gone', async () => {
    const { scope, output } = recordingScope();
    const lines: string[] = [];
    const [first, second] = await pipe(
      [
        ['cat', '/dev/zero'],
        ['sh', '-c', 'echo full >&2; exit 5'],
      ],
      file,
      { onStderr: (line, command) => lines.push(`${command} ${line}`) },
      scope,
      SETTINGS,
    );
    // By SIGPIPE, or by the write error that a socket gives when its reader left data unread.
    const learned = first?.signal === 'SIGPIPE' || /Connection reset|Broken pipe/.test(first?.stderr ?? '');
    expect({ ok: first?.ok, learned }).toEqual({ ok: false, learned: true });
    expect(second).toMatchObject({ ok: false, exitCode: 5, stderr: 'full\n' });
    expect(lines.filter((line) => !/^0 cat: /.test(line))).toEqual(['1 full']);
    expect(output).toContain('stderr: full');
  });

  test('with a program that is missing ends', async () => {
    const { scope } = recordingScope();
    const results = await pipe(
      [['cat', '/dev/zero'], ['chatops-no-such-program']],
      file,
      {},
      scope,
      SETTINGS,
    );
    expect(results[0]).toMatchObject({ ok: false });
    expect(results[1]).toMatchObject({ ok: false, notFound: true });
    const reversed = await pipe([['chatops-no-such-program'], ['cat']], null, {}, scope, SETTINGS);
    expect(reversed[0]).toMatchObject({ notFound: true });
  });

  test('is stopped as a whole', async () => {
    const { scope, children, stop } = recordingScope();
    const running = pipe(
      [
        ['cat', '/dev/zero'],
        ['sleep', '300'],
      ],
      file,
      {},
      scope,
      SETTINGS,
    );
    await eventually(() => children.length === 2);
    stop.abort();
    const results = await running;
    expect(results.map(({ stopped }) => stopped)).toEqual([true, true]);
    expect(children.filter(({ pid }) => runs(pid))).toEqual([]);
  });
});

describe.each([
  ['a process of its own', undefined],
  ['this process', 1000],
])('a digest of what a command of a pipeline writes, hashed by %s', (_by, digestBytes) => {
  test.each([0, 1, 100_000, 40 * 1024 * 1024])(
    'is that of every byte, which goes on unchanged: %i bytes',
    async (size) => {
      const { scope, output, children } = recordingScope();
      const source = ['sh', '-c', `yes 0123456789 | head -c ${size}`];
      const argvs = [source, ['tee', join(folder, 'copy')], ['gzip', '-1']];
      const options = { digest: [0, 1, 2], digestBytes };
      const results = await pipe(argvs, file, options, scope, SETTINGS);
      expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
      const [copy, packed] = [readFileSync(join(folder, 'copy')), readFileSync(file)];
      expect(results.map(({ digest }) => digest)).toEqual([
        { sha256: sha256(copy), bytes: size },
        { sha256: sha256(copy), bytes: size },
        { sha256: sha256(packed), bytes: packed.length },
      ]);
      expect(gunzipSync(packed).equals(copy)).toBe(true);
      expect(output).toEqual([]);
      expect(children).toHaveLength(digestBytes === undefined ? 6 : 4);
    },
  );

  test('of nothing is that of no bytes', async () => {
    const { scope } = recordingScope();
    const [only] = await pipe([['true']], file, { digest: [0], digestBytes }, scope, SETTINGS);
    expect(only).toMatchObject({ ok: true, digest: { sha256: sha256(Buffer.alloc(0)), bytes: 0 } });
  });

  test('is missing when the next command did not take all of it, which the writer learns', async () => {
    const { scope } = recordingScope();
    const [first, second] = await pipe(
      [
        ['cat', '/dev/zero'],
        ['head', '-c', '1'],
      ],
      null,
      { digest: [0], digestBytes },
      scope,
      SETTINGS,
    );
    expect(first).toMatchObject({ ok: false, stopped: false, timedOut: false });
    expect(first?.digest).toBeUndefined();
    expect(second?.ok).toBe(true);
  });

  test('waits for a reader that pauses long after the writer has ended, and loses nothing', async () => {
    const { scope } = recordingScope();
    const argvs = [
      ['head', '-c', '3000000', '/dev/urandom'],
      ['sh', '-c', 'sleep 4; exec cat'],
    ];
    const [first] = await pipe(argvs, file, { digest: [0], digestBytes }, scope, SETTINGS);
    expect(statSync(file).size).toBe(3_000_000);
    expect(first?.digest).toEqual({ sha256: sha256(readFileSync(file)), bytes: 3_000_000 });
  });

  test('is that of what a writer that was killed had written; its end is told', async () => {
    const { scope } = recordingScope();
    const argvs = [['sh', '-c', 'head -c 100000 /dev/zero; kill -9 $$'], ['cat']];
    const [first, second] = await pipe(argvs, file, { digest: [0], digestBytes }, scope, SETTINGS);
    expect(first).toMatchObject({
      ok: false,
      signal: 'SIGKILL',
      digest: { sha256: sha256(Buffer.alloc(100_000)), bytes: 100_000 },
    });
    expect(second?.ok).toBe(true);
    expect(statSync(file).size).toBe(100_000);
  });

  test('is missing when the run is stopped, after which nothing runs', async () => {
    const { scope, children, stop } = recordingScope();
    const argvs = [
      ['cat', '/dev/zero'],
      ['sh', '-c', 'head -c 1000000 >/dev/null; sleep 300'],
    ];
    const running = pipe(argvs, file, { digest: [0], digestBytes }, scope, SETTINGS);
    await eventually(() => children.length === (digestBytes === undefined ? 3 : 2));
    stop.abort();
    const [first, second] = await running;
    expect([first?.stopped, second?.stopped]).toEqual([true, true]);
    expect(first?.digest).toBeUndefined();
    expect(children.filter(({ pid }) => runs(pid))).toEqual([]);
  });

  test('is missing when one of the programs is', async () => {
    const { scope } = recordingScope();
    const without = ['chatops-no-such-program'];
    const options = { digest: [0], digestBytes };
    const [writer, left] = await pipe([['cat', '/dev/zero'], without], null, options, scope, SETTINGS);
    expect(writer?.digest).toBeUndefined();
    expect([writer?.ok, left?.notFound]).toEqual([false, true]);
    const [missing, reader] = await pipe([without, ['cat']], null, options, scope, SETTINGS);
    expect([missing?.notFound, reader?.signal ?? 0]).toEqual([true, 0]);
  });

  test('ends although the writer left a process behind that holds its output', async () => {
    const { scope } = recordingScope();
    const argvs = [['sh', '-c', 'setsid sleep 300 & echo all'], ['cat']];
    const [first, second] = await pipe(argvs, file, { digest: [0], digestBytes }, scope, SETTINGS);
    expect([first?.ok, second?.ok]).toEqual([true, true]);
    expect(readFileSync(file, 'utf8')).toBe('all\n');
  });

  test('costs no line of the last command, each of which is heard', async () => {
    const { scope } = recordingScope();
    const lines: string[] = [];
    const onStdout = (line: string) => lines.push(line);
    const options = { digest: [0], digestBytes, onStdout };
    const [first] = await pipe([['seq', '100000'], ['cat']], null, options, scope, SETTINGS);
    expect(lines).toHaveLength(100_000);
    expect(lines.at(-1)).toBe('100000');
    expect(first?.digest?.bytes).toBe(588_895);
  });

  function sha256(bytes: Buffer): string {
    return createHash('sha256').update(bytes).digest('hex');
  }
});

describe('a pipeline in a certain folder', () => {
  let meant: Folder;

  beforeEach(() => {
    folder = realpathSync(folder);
    meant = makeFolder('meant');
    makeFolder('other');
  });

  /** With a file that holds the folder's name. */
  function makeFolder(name: string): Folder {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, 'name'), name);
    const { dev, ino } = statSync(path, { bigint: true });
    return { path, id: `${dev}:${ino}` };
  }

  function otherInItsPlace(): void {
    renameSync(meant.path, join(folder, 'moved'));
    symlinkSync(join(folder, 'other'), meant.path);
  }

  test('works there', async () => {
    const { scope } = recordingScope();
    const results = await pipe([['cat', 'name'], ['cat']], file, { folder: meant }, scope, SETTINGS);
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    expect(readFileSync(file, 'utf8')).toBe('meant');
  });

  test('goes on there when something else is put in its place at the last instant', async () => {
    // Secrets are resolved right before the commands are started.
    const { scope } = recordingScope({
      resolveSecret: (name) => {
        otherInItsPlace();
        return name;
      },
    });
    await pipe([['cat', { secret: 'name' }]], file, { folder: meant }, scope, SETTINGS);
    expect(readFileSync(join(meant.path, 'name'), 'utf8')).toBe('other');
    expect(readFileSync(file, 'utf8')).toBe('meant');
  });

  function throughSymlink(): Folder {
    symlinkSync(folder, join(folder, 'way'));
    return { ...meant, path: join(folder, 'way', 'meant') };
  }

  function moved(): Folder {
    otherInItsPlace();
    return meant;
  }

  test.each<[string, () => Folder]>([
    ['a symlink to another', moved],
    ['itself, by way of a symlink', throughSymlink],
    ['another folder', () => ({ ...meant, path: join(folder, 'other') })],
    ['nothing', () => ({ ...meant, path: join(folder, 'nothing') })],
    ['a file', () => ({ ...meant, path: join(meant.path, 'name') })],
  ])('begins nothing when what lies there is %s', async (_what, given) => {
    const { scope, children } = recordingScope();
    const there = given();
    await expect(pipe([['cat', 'name']], file, { folder: there }, scope, SETTINGS)).rejects.toMatchObject({
      name: 'HostError',
      code: 'ESTALE',
      path: there.path,
    });
    expect(children).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });
});
