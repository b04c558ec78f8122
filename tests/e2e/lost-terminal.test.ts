import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processesOf } from './processes.js';
import { builtCommand } from './stage.js';
import { waitingTar } from './waiting-tar.js';

interface Told {
  readonly id: string;
  readonly state: string;
  readonly intent: string;
  readonly startedAt: string | null;
}

let dir: string;
let command: string;
let path: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'chatops-e2e-lost-'));
  command = await builtCommand();
  path = await waitingTar(join(dir, 'bin'));
  for (const folder of ['intents', 'src', 'dst', 'other']) await mkdir(join(dir, folder));
  await writeFile(join(dir, 'src', 'file'), 'content');
  const intent = (name: string, source: string, destination: string): Promise<void> =>
    writeFile(
      join(dir, 'intents', `${name}.yaml`),
      `action: backup\nbackup_type: files\nstack: ${name}\nsource: ${join(dir, source)}\ndestination: ${join(dir, destination)}\n`,
    );
  await intent('slow', 'src', 'dst');
});

afterEach(async () => {
  for (const pid of processesOf(dir)) process.kill(pid, 'SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

const env = (PATH = path): NodeJS.ProcessEnv => ({
  PATH,
  HOME: dir,
  TERM: 'xterm',
  SHELL: '/bin/sh',
  CHATOPS_DATA_DIR: join(dir, 'data'),
  CHATOPS_INTENTS_DIR: join(dir, 'intents'),
  CHATOPS_HTTP_PORT: '0',
  CHATOPS_PLAYGROUND_PORT: '0',
  CHATOPS_SHUTDOWN_GRACE_SECONDS: '1',
});

async function until(what: string, fact: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (fact()) return;
    await sleep(50);
  }
  throw new Error(`waited 15 s for ${what}`);
}

const endOf = (child: ChildProcess): Promise<number | NodeJS.Signals | null> =>
  new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));

const copying = (): boolean => readdirSync(join(dir, 'dst')).length > 0;

function plainly(...args: string[]): ChildProcess {
  return spawn(process.execPath, [command, ...args], { env: env(), stdio: 'ignore' });
}

/** On a terminal of its own; ending `script` takes the terminal away. */
function onTerminal(...args: string[]): ChildProcess {
  const line = `exec ${[process.execPath, command, ...args].join(' ')}`;
  return spawn('script', ['--quiet', '--flush', '--command', line, join(dir, 'screen')], {
    env: env(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

const screen = (): string =>
  existsSync(join(dir, 'screen')) ? readFileSync(join(dir, 'screen'), 'utf8') : '';
const programs = (): number[] =>
  processesOf(dir).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('chatops.js'));

async function cli(args: string[], PATH?: string): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [command, ...args], {
    env: env(PATH),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, ...texts };
}

const runs = async (): Promise<Told[]> => JSON.parse((await cli(['runs', '--json'])).out);

describe('`chatops run` loses its terminal', () => {
  test.each(['SIGHUP', 'SIGQUIT', 'SIGTERM'] as const)('%s while it copies: it tidies up', async (signal) => {
    const child = plainly('run', 'slow', '--yes');
    const ended = endOf(child);
    await until('the copy', copying);
    child.kill(signal);
    expect(await ended).toBe(1);
    expect(await runs()).toMatchObject([{ intent: 'slow', state: 'cancelled' }]);
    expect([readdirSync(join(dir, 'dst')), processesOf(dir)]).toEqual([[], []]);
  });

  test('the terminal itself, while it copies', async () => {
    const terminal = onTerminal('run', 'slow', '--yes');
    await until('the copy', copying);
    terminal.kill('SIGKILL');
    await until('its end', () => programs().length === 0);
    expect(await runs()).toMatchObject([{ intent: 'slow', state: 'cancelled' }]);
    expect([readdirSync(join(dir, 'dst')), processesOf(dir)]).toEqual([[], []]);
  });

  test('the terminal itself, during the question', async () => {
    const terminal = onTerminal('run', 'slow');
    await until('the question', () => screen().includes('[y/N]'));
    terminal.kill('SIGKILL');
    await until('its end', () => programs().length === 0);
    expect(await runs()).toMatchObject([{ intent: 'slow', state: 'cancelled', startedAt: null }]);
  });

  test('a pipe whose reader goes away stops nothing', async () => {
    const child = spawn(process.execPath, [command, 'run', 'slow', '--yes'], {
      env: env(process.env.PATH),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.destroy();
    expect(await endOf(child)).toBe(0);
    expect(await runs()).toMatchObject([{ intent: 'slow', state: 'succeeded' }]);
  });
});

test('`chatops start` stops in order when its terminal goes away', async () => {
  const terminal = onTerminal('start');
  await until('the playground', () => screen().includes('ChatOps runs in the playground'));
  terminal.kill('SIGKILL');
  await until('its end', () => programs().length === 0);
  // Closed in order: nothing is left in the write-ahead log.
  const log = join(dir, 'data', 'chatops.db-wal');
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
});

test('what a killed command left is told as it is by lists, and put right by the next run', async () => {
  const child = plainly('run', 'slow', '--yes');
  const ended = endOf(child);
  await until('the copy', copying);
  child.kill('SIGKILL');
  await ended;
  const [left] = await runs();
  expect(left).toMatchObject({
    state: 'interrupted',
    summary: [expect.stringContaining('not tidied up yet')],
  });
  const shown = await cli(['show', left?.id ?? '']);
  expect(shown.out).toContain('What it left behind is not tidied up yet.');
  expect((await cli(['status'])).out).not.toContain('running');
  // Reading changed nothing.
  expect(readdirSync(join(dir, 'dst'))).toHaveLength(1);

  const next = await cli(['plan', 'slow']);
  expect(next.err).toMatch(
    new RegExp(`^Tidied up first: slow ${left?.id} was interrupted\\. The command was killed`),
  );
  expect([readdirSync(join(dir, 'dst')), processesOf(dir)]).toEqual([[], []]);
  const again = await cli(['plan', 'slow']);
  expect(again.err).toBe('');
  const [, , first] = await runs();
  expect(first).toMatchObject({ id: left?.id, state: 'interrupted' });
});
