import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest } from '@jest/globals';
import { mountTmpfs, type Tmpfs, testWithTmpfs } from '../store/tmpfs.js';
import { call } from './api-stage.js';
import { type Bot, Stage } from './stage.js';
import { waitingTar } from './waiting-tar.js';

jest.setTimeout(120_000);

let disk: Tmpfs;
let stage: Stage;

beforeEach(async () => {
  disk = mountTmpfs('8m');
  stage = await Stage.create({
    env: {
      CHATOPS_API_KEY: 'an-api-key-of-the-test',
      CHATOPS_HTTP_RATE_LIMIT: '0',
      CHATOPS_DATA_DIR: join(disk.path, 'data'),
    },
    envOf: (discord) => ({ DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts') }),
  });
  await stage.files('src', { 'a.txt': 'one' });
  await stage.intent(
    'photos',
    `action: backup\nbackup_type: files\nstack: media\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst')}\n`,
  );
});
afterEach(async () => {
  try {
    expect(await stage.end()).toEqual([]);
  } finally {
    disk.dispose();
  }
});

function fill(): void {
  const path = join(disk.path, 'other');
  for (let bytes = 1024 * 1024; bytes >= 1; bytes = Math.floor(bytes / 4)) {
    for (let full = false; !full; ) {
      try {
        writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
      } catch {
        full = true;
      }
    }
  }
}

const free = (): void => rmSync(join(disk.path, 'other'), { force: true });

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain until ${what}`);
}

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly outcome: { readonly warnings: readonly { message: string }[] } | null;
}

const answer = async (url: string, path: string) => (await call(url, 'GET', path)).json();
const runs = async (url: string) => (await answer(url, '/runs')) as Seen[];
const ready = async (url: string) => (await call(url, 'GET', '/readyz')).status;

/** A bot that is killed while its tar is at work, and a disk that is full when the next one starts. */
async function killedInTheMiddle(): Promise<void> {
  const bot = await stage.start({ PATH: await waitingTar(stage.path('bin')) });
  void call(await bot.url(), 'POST', '/run', { name: 'photos' }).catch(() => undefined);
  await until(() => readdirSync(stage.path('dst')).length > 0, 'a partial file is there');
  await bot.kill9();
  fill();
}

describe('a start with the data directory’s disk full', () => {
  testWithTmpfs(
    'tells it, puts back what a dead process left, and goes on by itself once there is room',
    async () => {
      await killedInTheMiddle();
      expect(readdirSync(stage.path('dst'))).not.toEqual([]);
      stage.expectLog(
        /"fault":"data-directory"/,
        /put right before the store/,
        /can’t be (stored|written)/,
        /is not sealed/,
        /could not be/,
        /SQLITE_FULL/,
      );
      const bot: Bot = await stage.start();
      const url = await bot.url();
      expect((await call(url, 'GET', '/healthz')).status).toBe(200);
      expect(await ready(url)).toBe(503);
      expect(JSON.stringify(await answer(url, '/readyz'))).toMatch(/disk of the data directory .+ is full/);
      expect(readdirSync(stage.path('dst'))).toEqual([]);
      const [seen] = await runs(url);
      expect(seen).toMatchObject({ state: 'interrupted' });
      const whole = () => answer(url, `/runs/${seen?.id}`).then((run) => JSON.stringify(run));
      expect(await whole()).toMatch(/not stored yet/);
      expect(await (await call(url, 'POST', '/run', { name: 'photos' })).json()).toMatchObject({
        code: 'store_unavailable',
      });
      await until(
        () => stage.transcript('alerts').some((text) => /Data directory in trouble/.test(text)),
        'people are told, past the store',
      );

      const command = await stage.cli(['run', 'photos', '--yes']);
      expect(command).toMatchObject({ code: 1, stdout: '' });
      expect(command.stderr).toMatch(/the disk is full/);
      expect(readdirSync(stage.path('dst'))).toEqual([]);

      free();
      await until(async () => (await ready(url)) === 200, '/readyz is content again');
      await until(async () => !(await whole()).includes('not stored yet'), 'the outcome is stored');
      expect((await runs(url))[0]).toMatchObject({ state: 'interrupted' });
      expect(await (await call(url, 'POST', '/run', { name: 'photos' })).json()).toMatchObject({
        state: 'succeeded',
      });
      expect(await bot.end()).toBe(0);
    },
  );

  testWithTmpfs('with no room for SQLite’s own files ends at once, with the reason', async () => {
    const data = join(disk.path, 'data');
    mkdirSync(data);
    expect((await stage.cli(['run', 'photos', '--yes'])).code).toBe(0);
    // Everything is in the database itself: as a copy of it would be.
    expect(statSync(join(data, 'chatops.db-wal')).size).toBe(0);
    for (const suffix of ['-wal', '-shm']) rmSync(join(data, `chatops.db${suffix}`));
    fill();
    for (const args of [['start'], ['run', 'photos', '--yes']]) {
      const began = Date.now();
      const { code, stderr } = await stage.cli(args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/is full/)]);
      expect(Date.now() - began).toBeLessThan(15_000);
    }
  });

  testWithTmpfs('on a read-only mount ends at once, with the reason', async () => {
    expect((await stage.cli(['run', 'photos', '--yes'])).code).toBe(0);
    disk.remountReadOnly();
    for (const args of [['start'], ['run', 'photos', '--yes']]) {
      const { code, stderr } = await stage.cli(args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/read-only/)]);
    }
  });
});

describe('a data directory that becomes read-only', () => {
  testWithTmpfs('is told, and over when it can be written again', async () => {
    stage.expectLog(/"fault":"data-directory"/, /is not sealed/, /could not be/);
    const bot = await stage.start();
    const url = await bot.url();
    expect(await ready(url)).toBe(200);
    disk.coverReadOnly();
    await until(async () => (await ready(url)) === 503, '/readyz says so');
    expect(JSON.stringify(await answer(url, '/readyz'))).toMatch(/read-only/);
    expect(await (await call(url, 'POST', '/run', { name: 'photos' })).json()).toMatchObject({
      code: 'store_unavailable',
    });
    disk.makeWritable();
    await until(async () => (await ready(url)) === 200, '/readyz is content again');
    expect(await (await call(url, 'POST', '/run', { name: 'photos' })).json()).toMatchObject({
      state: 'succeeded',
    });
    expect(await bot.end()).toBe(0);
  });
});
