import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtCommand } from './stage.js';

let dir: string;
let command: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'chatops-e2e-reading-'));
  command = await builtCommand();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function cli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // It must end by itself, long before this.
    timeout: 15_000,
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...texts })));
}

const READING = [
  ['runs'],
  ['show', 'r-7k2m'],
  ['audit'],
  ['audit', 'verify'],
  ['schedules'],
  ['schedules', 'list'],
];

describe('in a folder without a data folder', () => {
  test('what reads says so, and makes nothing', async () => {
    const ended = await Promise.all(READING.map((args) => cli(args)));
    const err = `There is no data folder at ${dir}/data.\nSet CHATOPS_DATA_DIR to the folder of your installation, or run this where it is.\n`;
    expect(ended).toEqual(READING.map(() => ({ code: 1, out: '', err })));
    expect(readdirSync(dir)).toEqual([]);
  });

  test('status shows what runs now, and says that nothing is known of before', async () => {
    mkdirSync(join(dir, 'intents'));
    const intent = 'action: backup\nstack: media\nsource: /srv\ndestination: /backup\nbackup_type: files\n';
    writeFileSync(join(dir, 'intents', 'backup_media.yaml'), intent);
    const { code, out, err } = await cli(['status'], { CHATOPS_INTENTS_DIR: join(dir, 'intents') });
    expect(out).toBe('media\n  No runs yet.\n');
    const sentences = `There is no data folder at ${dir}/data. Earlier runs and open alerts are not known.`;
    expect([code, err.split('\n')[0]]).toEqual([1, sentences]);
    expect(readdirSync(dir)).toEqual(['intents']);
  });

  test('with --json it is an error object', async () => {
    const { code, out } = await cli(['runs', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'data_missing', message: `There is no data folder at ${dir}/data.` },
    });
    expect([code, readdirSync(dir)]).toEqual([1, []]);
  });

  test('what needs no store works, and makes nothing', async () => {
    const ended = await Promise.all(
      ['intents', 'validate', 'policy', 'doctor', 'schema'].map((name) => cli([name])),
    );
    expect(ended.map(({ out }) => out === '')).toEqual([false, false, false, false, false]);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('an empty folder stays empty', async () => {
    mkdirSync(join(dir, 'data'));
    const { code, err } = await cli(['runs']);
    expect(err).toContain(`There is no ChatOps database in ${dir}/data.`);
    expect([code, readdirSync(join(dir, 'data'))]).toEqual([1, []]);
  });
});

test('reading changes no file of a data folder, and works where nothing can be written', async () => {
  for (const folder of ['intents', 'src', 'dst']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'src', 'file'), 'content');
  const intent = `action: backup\nbackup_type: files\nstack: s\nsource: ${dir}/src\ndestination: ${dir}/dst\n`;
  writeFileSync(join(dir, 'intents', 'small.yaml'), intent);
  expect((await cli(['plan', 'small'])).code).toBe(0);
  const looked = (): string =>
    spawnSync('sh', ['-c', 'stat -c "%n %s %Y %Z" data data/*; sha256sum data/*'], {
      cwd: dir,
      encoding: 'utf8',
    }).stdout;
  const before = looked();
  const read = [['runs'], ['audit', 'verify'], ['status'], ['schedules']];
  expect((await Promise.all(read.map((args) => cli(args)))).map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(looked()).toBe(before);
  chmodSync(join(dir, 'data'), 0o500);
  expect((await cli(['runs'])).out).toContain('small');
});

test('an impossible data folder ends with one line, and never spins', async () => {
  writeFileSync(join(dir, 'file'), '');
  symlinkSync('loop', join(dir, 'loop'));
  const places = [
    '/proc/nowhere',
    '/proc/nowhere/a',
    '/sys/nowhere',
    '/dev/full',
    'file',
    'file/data',
    'loop',
  ];
  const all = [...places, `/${'a/'.repeat(2500)}`].map((place) => ({ CHATOPS_DATA_DIR: place }));
  const runs = await Promise.all(all.map((env) => cli(['run', 'demo', '--yes'], env)));
  const line = /^The data folder \S+ can’t be made: .+\(E[A-Z]+\)\. Nothing was changed\./;
  expect(runs.map(({ code, err }) => [code, line.test(err)])).toEqual(all.map(() => [1, true]));
  const reads = await Promise.all(all.map((env) => cli(['runs'], env)));
  expect(reads.map(({ code, err }) => [code, /data folder/.test(err)])).toEqual(all.map(() => [1, true]));
  expect(reads[0]?.err).toContain('There is no data folder at /proc/nowhere, and it can’t be made.');
});
