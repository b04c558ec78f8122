import { readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
const alerts = () => stage.transcript('alerts').filter((text) => text.includes('in trouble'));

describe('the database is deleted while the bot runs', () => {
  test('nothing new runs, and everybody is told once, past the store', async () => {
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

    await until(() => alerts().length > 0 && stage.transcript('ops').length > 0, 'both channels are told');
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const told = /^❌ \*\*Data directory in trouble\*\*[\s\S]*was deleted[\s\S]*Next: /;
    expect(alerts()).toEqual([expect.stringMatching(told)]);
    expect(stage.transcript('ops')).toEqual([expect.stringMatching(told)]);
    expect(await bot.end()).toBe(0);
  }, 60_000);
});
