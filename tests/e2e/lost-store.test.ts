import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { call } from './api-stage.js';
import { type Bot, Stage } from './stage.js';

let stage: Stage;
let bot: Bot;
let url: string;

beforeAll(async () => {
  stage = await Stage.create({
    env: { CHATOPS_API_KEY: 'an-api-key-of-the-test', CHATOPS_HTTP_RATE_LIMIT: '0' },
    envOf: (discord) => ({
      DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts'),
      DISCORD_WEBHOOK_URL: discord.webhookUrl('ops'),
    }),
  });
  stage.expectLog(
    /"fault":"(data-directory|audit-trail|database)"/,
    /SQLITE_CORRUPT/,
    /this process could not be signed off/,
    /The audit trail is not sealed/,
  );
  await stage.files('src', { 'a.txt': 'one' });
  await stage.intent(
    'photos',
    `action: backup\nbackup_type: files\nstack: media\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst')}\n`,
  );
}, 60_000);
afterAll(async () => {
  expect(await stage.end()).toEqual([]);
});

async function start(): Promise<void> {
  bot = await stage.start();
  url = await bot.url();
}

async function readyz(): Promise<{ status: number; said: string }> {
  const answer = await call(url, 'GET', '/readyz');
  const { checks, warnings } = (await answer.json()) as {
    checks: { ok: boolean; detail: string }[];
    warnings: string[];
  };
  const bad = checks.filter(({ ok }) => !ok).map(({ detail }) => detail);
  return { status: answer.status, said: [...bad, ...warnings].join('\n') };
}

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain until ${what}`);
}

const run = async () => (await call(url, 'POST', '/run', { name: 'photos' })).json();
const alerts = () => stage.transcript('alerts').filter((text) => text.includes('Data directory in trouble'));

describe('what a start finds', () => {
  const data = (name: string) => stage.path('data', name);

  /** A trail with rows, of a bot that ended in good order. */
  beforeEach(async () => {
    rmSync(stage.path('data'), { recursive: true, force: true });
    await start();
    expect(await run()).toMatchObject({ state: 'succeeded' });
    expect(await bot.end()).toBe(0);
  }, 30_000);

  test('an empty database beside a head that counts rows: told until it is acknowledged', async () => {
    rmSync(data('chatops.db'));
    writeFileSync(data('chatops.db'), '');
    await start();
    await until(
      async () => /it has .+, and audit\.head counts \d/.test((await readyz()).said),
      '/readyz names it',
    );
    expect((await readyz()).status).toBe(200);
    expect(bot.log()).toMatch(/"level":"error".+"fault":"audit-trail"/);
    const card = await stage.discord.waitFor(() =>
      stage.discord.messages('alerts').find((message) => textOf(message).includes('Audit trail in trouble')),
    );
    await stage.discord.as('alice').press(card, 'Acknowledge');
    await until(async () => (await readyz()).said === '', '/readyz has nothing left to tell');
    expect((await stage.cli(['audit', 'verify'])).code).toBe(0);
    expect((await stage.json<{ event: string }[]>(['audit'])).map(({ event }) => event)).toContain(
      'audit_accepted',
    );
    await bot.kill9();
  }, 60_000);

  test.each([
    ['no audit.head', () => rmSync(data('audit.head')), /audit\.head can’t be read/],
    [
      'an audit.head that can’t be read',
      () => writeFileSync(data('audit.head'), 'hi'),
      /audit\.head was edited/,
    ],
  ])(
    '%s: told at this start and at the next, until somebody accepts it',
    async (_, change, text) => {
      change();
      for (let starts = 0; starts < 2; starts += 1) {
        await start();
        await until(async () => text.test((await readyz()).said), '/readyz names it');
        await bot.kill9();
      }
      expect((await stage.cli(['audit', 'verify'])).code).toBe(1);
      expect((await stage.cli(['audit', 'accept'])).code).toBe(0);
      expect((await stage.cli(['audit', 'verify'])).code).toBe(0);
    },
    60_000,
  );

  test('damaged pages: nothing new runs', async () => {
    const file = openSync(data('chatops.db'), 'r+');
    writeSync(file, randomBytes(6 * 4096), 0, 6 * 4096, 5 * 4096);
    closeSync(file);
    await start();
    await until(async () => (await readyz()).status === 503, '/readyz says so');
    expect((await readyz()).said).toMatch(/chatops\.db is damaged/);
    expect(await run()).toMatchObject({
      code: 'store_unavailable',
      detail: expect.stringMatching(/damaged/),
    });
    await bot.kill9();
  }, 60_000);
});

describe('the database is deleted while the bot runs', () => {
  test('nothing new runs, and everybody is told once, past the store', async () => {
    rmSync(stage.path('data'), { recursive: true, force: true });
    const before = stage.transcript('ops').length;
    await start();
    expect(await run()).toMatchObject({ state: 'succeeded' });
    for (const name of readdirSync(stage.path('data'))) {
      if (name.startsWith('chatops.db')) rmSync(stage.path('data', name));
    }
    await until(async () => (await readyz()).status === 503, '/readyz says so');
    expect((await readyz()).said).toMatch(/chatops\.db was deleted .+ saved in .+rescued-/);
    expect(await run()).toMatchObject({
      code: 'store_unavailable',
      detail: expect.stringMatching(/was deleted/),
    });
    const metrics = await (await call(url, 'GET', '/metrics')).text();
    expect(metrics).toMatch(/^chatops_faults\{fault="data-directory",code="store_unavailable"\} 1$/m);

    await until(
      () => alerts().length > 0 && stage.transcript('ops').length > before,
      'both channels are told',
    );
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const told = /^❌ \*\*Data directory in trouble\*\*[\s\S]*was deleted[\s\S]*Next: /;
    expect(alerts()).toEqual([expect.stringMatching(told)]);
    expect(stage.transcript('ops').slice(before)).toEqual([expect.stringMatching(told)]);
    const status = await stage.discord
      .as('alice')
      .slash('status')
      .waitForMessage(/in trouble/);
    expect(textOf(status)).toMatch(/^❌ \*\*Data directory in trouble\*\* since .+was deleted.+Next: /m);
    expect(await bot.end()).toBe(0);
  }, 60_000);
});
