import { describe, expect, test } from '@jest/globals';
import { type ChildRecord, type Host, HostError, type Hosts } from '../../../src/core/ports/host.js';

/** What the contract needs of a host: call `describeHost` with it. */
export interface HostUnderTest {
  readonly hosts: Hosts;
  /** An empty folder on the host, with an absolute path. */
  readonly folder: string;
  /** How the test itself reaches the host’s files and processes, without the host. */
  write(path: string, text: string): void;
  read(path: string): string | null;
  /** Processes whose environment or command line holds the text. */
  processes(text: string): number;
  dispose(): void;
}

/** What a host promises to executors; every host must keep all of it. */
export function describeHost(name: string, make: () => Promise<HostUnderTest>): void {
  describe(`the contract of hosts: ${name}`, () => {
    const id = (): string => `r-contract-${Math.random().toString(36).slice(2, 8)}`;

    interface Open {
      readonly host: Host;
      readonly runId: string;
      readonly stop: AbortController;
      readonly children: ChildRecord[];
      readonly output: string[];
      readonly at: (file: string) => string;
    }

    async function withHost(work: (open: Open, subject: HostUnderTest) => Promise<void>): Promise<void> {
      const subject = await make();
      const [runId, stop] = [id(), new AbortController()];
      const [children, output]: [ChildRecord[], string[]] = [[], []];
      const host = subject.hosts.open({
        runId,
        signal: stop.signal,
        resolveSecret: (secret) => `value of ${secret}`,
        onChild: async (child) => void children.push(child),
        onOutput: (_stream, line) => void output.push(line),
      });
      const at = (file: string): string => `${subject.folder}/${file}`;
      try {
        await work({ host, runId, stop, children, output, at }, subject);
      } finally {
        stop.abort();
        await subject.hosts.endLeftovers(runId, children);
        subject.dispose();
      }
    }

    async function code(work: Promise<unknown>): Promise<string> {
      const error = await work.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      return error instanceof HostError ? error.code : `no HostError: ${String(error)}`;
    }

    test('a command: its output, exit code, environment and folder; no shell in between', () =>
      withHost(async ({ host, output, children }, { folder }) => {
        const script = 'echo "$0"; echo "$A"; pwd; echo bad >&2; exit 3';
        const result = await host.exec(['sh', '-c', script, '$(id) *'], { env: { A: 'b c' }, cwd: folder });
        expect(result).toMatchObject({
          ok: false,
          exitCode: 3,
          notFound: false,
          timedOut: false,
          stopped: false,
        });
        expect(result.stdout.trimEnd().split('\n')).toEqual(['$(id) *', 'b c', folder]);
        expect(output).toEqual(['bad']);
        expect(children).toHaveLength(1);
      }));

    test('a program that isn’t there is a result, never an exception', () =>
      withHost(async ({ host }) => {
        expect(await host.exec(['no-such-program-anywhere'])).toMatchObject({ ok: false, notFound: true });
      }));

    test('a secret reaches the command and nothing else', () =>
      withHost(async ({ host, children }) => {
        const { stdout } = await host.exec(['sh', '-c', 'printf %s "$S"'], { env: { S: { secret: 'PIN' } } });
        expect(stdout.trimEnd()).toBe('value of PIN');
        expect(JSON.stringify(children)).not.toContain('value of PIN');
      }));

    test('a command that takes too long is ended with all that it started', () =>
      withHost(async ({ host, runId }, { processes }) => {
        const began = Date.now();
        const result = await host.exec(['sh', '-c', 'sleep 300 & sleep 300'], { timeoutMs: 300 });
        expect(result).toMatchObject({ ok: false, timedOut: true, stopped: false });
        expect(Date.now() - began).toBeLessThan(15_000);
        expect(processes(runId)).toBe(0);
      }));

    test('a run that is stopped ends its commands; a way back goes on', () =>
      withHost(async ({ host, stop, at }, { read }) => {
        const work = host.exec(['sleep', '300']);
        const wayBack = host.exec(['sh', '-c', 'sleep 0.5; echo back > "$0"', at('back')], {
          uninterruptible: true,
        });
        setTimeout(() => stop.abort(), 100);
        expect(await work).toMatchObject({ ok: false, stopped: true, timedOut: false });
        expect(await wayBack).toMatchObject({ ok: true, stopped: false });
        expect(read(at('back'))).toBe('back\n');
        expect(await host.exec(['true'])).toMatchObject({ ok: false, stopped: true });
        expect(await host.exec(['true'], { uninterruptible: true })).toMatchObject({ ok: true });
      }));

    test('a pipeline goes into a new file, with a result for each command', () =>
      withHost(async ({ host, at }, { read }) => {
        const results = await host.pipe([['printf', 'b\\na\\n'], ['sort']], at('sorted'));
        expect(results.map(({ ok }) => ok)).toEqual([true, true]);
        expect(read(at('sorted'))).toBe('a\nb\n');
        const failed = await host.pipe([['sh', '-c', 'exit 7'], ['cat']], at('failed'));
        expect(failed.map(({ exitCode }) => exitCode)).toEqual([7, 0]);
      }));

    test('what a command of a pipeline writes is hashed on its way, and what the last one writes is heard', () =>
      withHost(async ({ host }) => {
        const lines: string[] = [];
        const results = await host.pipe([['printf', 'b\\na\\n'], ['sort']], null, {
          digest: [0],
          onStdout: (line) => lines.push(line),
        });
        // printf 'b\na\n' | sha256sum
        const sha256 = 'aea8a04c2f293417e499bf5de2def8ebb1ed40264d128a67180ea56fbe4600ff';
        expect(results.map(({ digest }) => digest)).toEqual([{ sha256, bytes: 4 }, undefined]);
        expect(lines).toEqual(['a', 'b']);
      }));

    test('a pipeline never writes over a file', () =>
      withHost(async ({ host, at }, { read, write }) => {
        write(at('mine'), 'mine');
        expect(await code(host.pipe([['echo', 'other']], at('mine')))).toBe('EEXIST');
        expect(read(at('mine'))).toBe('mine');
      }));

    test('a rename replaces nothing', () =>
      withHost(async ({ host, at }, { read, write }) => {
        write(at('a'), 'a');
        write(at('b'), 'b');
        expect(await code(host.rename(at('a'), at('b')))).toBe('EEXIST');
        expect([read(at('a')), read(at('b'))]).toEqual(['a', 'b']);
        await host.rename(at('a'), at('c'));
        expect([read(at('a')), read(at('c'))]).toEqual([null, 'a']);
        expect(await code(host.rename(at('a'), at('d')))).toBe('ENOENT');
      }));

    test('a text is written as a whole, and leaves nothing beside it', () =>
      withHost(async ({ host, at }, { read, folder }) => {
        await host.writeText(at('note'), 'one');
        await host.writeText(at('note'), 'two ✓');
        expect(read(at('note'))).toBe('two ✓');
        expect(await host.readText(at('note'))).toBe('two ✓');
        expect(await host.list(folder)).toEqual(['note']);
        expect(await code(host.writeText(at('no/where'), 'x'))).toBe('ENOENT');
      }));

    test('what lies at a path: a file, a folder, a symlink, nothing', () =>
      withHost(async ({ host, at }, { write }) => {
        write(at('file'), '12345');
        await host.mkdir(at('folder/in/folder'));
        await host.exec(['ln', '-s', 'file', at('link')]);
        expect(await host.stat(at('file'))).toMatchObject({ type: 'file', size: 5 });
        expect(await host.stat(at('folder'))).toMatchObject({ type: 'directory' });
        expect(await host.stat(at('link'))).toMatchObject({ type: 'symlink' });
        expect(await host.stat(at('nothing'))).toBeNull();
        expect(await host.realpath(at('nothing'))).toBeNull();
        expect(await host.realpath(at('link'))).toBe(await host.realpath(at('file')));
        expect(await code(host.list(at('nothing')))).toBe('ENOENT');
      }));

    test('one file is removed, once; never a folder', () =>
      withHost(async ({ host, at }, { write, read }) => {
        write(at('file'), 'x');
        expect([await host.remove(at('file')), await host.remove(at('file'))]).toEqual([true, false]);
        expect(read(at('file'))).toBeNull();
        await host.mkdir(at('folder'));
        expect(await code(host.remove(at('folder')))).toMatch(/^E(ISDIR|PERM)$/);
        expect(await host.stat(at('folder'))).toMatchObject({ type: 'directory' });
      }));

    test('free space is a number of bytes within the disk’s', () =>
      withHost(async ({ host }, { folder }) => {
        const { available, total } = await host.free(folder);
        expect(available).toBeGreaterThan(0);
        expect(total).toBeGreaterThanOrEqual(available);
      }));

    test('what a dead owner’s run left is found by the journal and by its mark, and ended', () =>
      withHost(async ({ host, runId, children }, { hosts, processes }) => {
        await host.exec(['sh', '-c', 'setsid sleep 300 >/dev/null 2>&1 & exit 0']);
        const left = processes(runId);
        await hosts.endLeftovers(runId, children);
        expect(processes(runId)).toBe(0);
        // A host may have ended it with its command; if not, it was there to be found.
        expect(left).toBeLessThanOrEqual(1);
      }));

    test('this process is alive', () =>
      withHost(async (_, { hosts }) => {
        expect(hosts.liveness(hosts.self())).toBe('alive');
        expect(hosts.liveness({ ...hosts.self(), startTime: '1' })).toBe('dead');
        expect(hosts.liveness({ ...hosts.self(), machine: 'elsewhere' })).toBe('unknown');
      }));
  });
}
