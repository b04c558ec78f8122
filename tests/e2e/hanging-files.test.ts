import { mkdir, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect } from '@jest/globals';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { type HangingMount, hangingMount } from '../support/hanging-mount.js';
import { call, KEY } from './api-stage.js';
import { type Bot, Stage } from './stage.js';

const withFuse = testWith('bindfs for root', isRoot && has('bindfs'));

let stage: Stage | null = null;
let mount: HangingMount | null = null;

afterEach(async () => {
  await mount?.end();
  await stage?.end();
});

interface Ready {
  readonly status: number;
  readonly text: string;
}

async function readyz(bot: Bot): Promise<Ready> {
  const response = await call(await bot.url(), 'GET', '/readyz');
  return { status: response.status, text: await response.text() };
}

/** Looks until it holds; the test's own timeout ends it otherwise. */
async function becomes(bot: Bot, holds: (ready: Ready) => boolean): Promise<Ready> {
  for (;;) {
    const ready = await readyz(bot);
    if (holds(ready)) return ready;
    await sleep(200);
  }
}

async function runs(bot: Bot): Promise<unknown> {
  return (await call(await bot.url(), 'POST', '/run', { name: 'copy' })).json();
}

withFuse(
  'intents, policy, schedules and keys on a share whose server goes away: what was read last counts',
  async () => {
    const at = await Stage.create({ env: { CHATOPS_HTTP_RATE_LIMIT: '0' } });
    stage = at;
    at.expectLog(/./);
    await at.files('src', { 'a.txt': 'one' });
    const lines = ['action: backup', 'backup_type: files', 'stack: s', `source: ${at.path('src')}`];
    await at.intent('copy', [...lines, `destination: ${at.path('dst')}`, 'compress: none', ''].join('\n'));
    await mkdir(at.path('disk'));
    await rename(at.path('intents'), at.path('disk', 'intents'));
    await at.files('disk', {
      'policy.yaml': 'roles:\n  All: {api_keys: CHATOPS_API_KEY, rights: "*"}\n',
      'schedules.json': '[{"name": "yearly", "schedule": "0 3 1 1 *", "intent": "copy"}]',
      keys: `${KEY}\n`,
    });
    mount = await hangingMount(at.path('disk'), at.path('nas'));
    const env = {
      CHATOPS_INTENTS_DIR: at.path('nas', 'intents'),
      CHATOPS_POLICY_FILE: at.path('nas', 'policy.yaml'),
      CHATOPS_SCHEDULES_FILE: at.path('nas', 'schedules.json'),
      CHATOPS_API_KEY_FILE: at.path('nas', 'keys'),
    };
    const bot = await at.start(env);
    expect(await runs(bot)).toMatchObject({ state: 'succeeded' });
    expect(await readyz(bot)).toEqual({ status: 200, text: expect.not.stringContaining('doesn’t answer') });

    mount.hang();
    const told = await becomes(bot, ({ text }) => text.includes('The intents folder'));
    expect(told).toMatchObject({ status: 200 });
    expect(told.text).toMatch(/doesn’t answer.*Check the mount \S+\/nas /s);
    for (const file of ['policy.yaml', 'schedules.json']) {
      await becomes(bot, ({ text }) => text.includes(at.path('nas', file)));
    }
    expect((await call(await bot.url(), 'GET', '/healthz')).status).toBe(200);
    expect(await runs(bot)).toMatchObject({ state: 'succeeded' });
    const ending = performance.now();
    await bot.end();
    // The grace period of a stage is a second; five more are promised.
    expect(performance.now() - ending).toBeLessThan(6500);

    const starting = performance.now();
    const again = await at.start({ ...env, CHATOPS_API_KEY_FILE: '', CHATOPS_API_KEY: KEY });
    expect(performance.now() - starting).toBeLessThan(20_000);
    expect((await readyz(again)).text).toContain('The intents folder');
    mount.answer();
    const back = await becomes(again, ({ text }) => !text.includes('doesn’t answer'));
    expect(back.status).toBe(200);
    expect(await runs(again)).toMatchObject({ state: 'succeeded' });
  },
  120_000,
);
