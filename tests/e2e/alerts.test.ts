import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { type FailingStage, failingStage, INTENTS } from './failing-intents.js';
import type { Bot } from './stage.js';

let failing: FailingStage;
let bot: Bot;

beforeEach(async () => {
  failing = await failingStage();
  bot = await failing.stage.start();
}, 60_000);

afterEach(async () => {
  const { violations } = failing.stage.discord;
  await failing.stage.end();
  expect(violations).toEqual([]);
}, 60_000);

/** Confirms `count` backups, the intents in turn; 429s and a lost gateway in between. */
async function failures(count: number, meanwhile: (done: number) => Promise<void>): Promise<string[]> {
  const ids: string[] = [];
  for (let run = 0; run < count; run += INTENTS.length) {
    ids.push(...(await Promise.all(INTENTS.map((intent) => failing.confirm(intent)))));
    await meanwhile(ids.length);
  }
  return ids;
}

async function trouble(done: number): Promise<void> {
  const { discord } = failing.stage;
  discord.inject({ method: 'POST', path: /\/messages$/, answer: 429, retryAfterMs: 300, times: 2 });
  discord.inject({ method: 'PATCH', path: /\/messages\//, answer: 429, retryAfterMs: 300, times: 1 });
  if (done !== 50) return;
  discord.dropGateway();
  await discord.waitForBot({ timeoutMs: 30_000 });
}

/** Waits until every run has ended and everything was told, then compares what was told with what happened. */
async function expectAll(ids: readonly string[]): Promise<void> {
  const { stage, cards, told } = failing;
  await stage.discord.waitFor(() => ids.every((id) => told().has(id)), {
    timeoutMs: 120_000,
    what: 'every entry',
  });
  const counts = () => cards().map((card) => Number(/ · (\d+) times since/.exec(textOf(card))?.[1] ?? 1));
  const sum = () => counts().reduce((all, count) => all + count, 0);
  await stage.discord.waitFor(() => sum() >= ids.length, { timeoutMs: 60_000, what: 'the counts' });
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(cards()).toHaveLength(INTENTS.length);
  expect(counts()).toEqual(INTENTS.map(() => ids.length / INTENTS.length));
  expect([...told()].filter(([, times]) => times !== 1)).toEqual([]);
  expect([...told().keys()].sort()).toEqual([...ids].sort());
  expect(INTENTS.filter((intent) => !cards().some((card) => textOf(card).includes(`· ${intent} ·`)))).toEqual(
    [],
  );
}

test('100 failures of 5 intents with 429s and a gateway drop: 5 cards, each attempt in its thread once; a success turns one green', async () => {
  const ids = await failures(100, trouble);
  await expectAll(ids);

  const good = await failing.stage.cli(['run', 'alpha', '--yes'], { env: failing.working });
  expect(good.code).toBe(0);
  const green = await failing.stage.discord.waitFor(
    () => failing.cards().find((card) => textOf(card).includes('Backup works again')),
    { timeoutMs: 30_000 },
  );
  expect(textOf(green)).toContain('· alpha ·');
  expect(failing.cards()).toHaveLength(INTENTS.length);
}, 400_000);

test('kill -9 at random points and commands that fail while the bot is down: nothing lost, nothing doubled', async () => {
  const ids = await failures(25, async (done) => {
    await trouble(done);
    await new Promise((resolve) => setTimeout(resolve, randomInt(2500)));
    await bot.kill9();
    if (done === 10) {
      for (const intent of INTENTS) {
        const { code, stdout } = await failing.stage.cli(['run', intent, '--yes', '--json']);
        expect(code).toBe(1);
        beside.push(JSON.parse(stdout).id);
      }
    }
    bot = await failing.stage.start();
  });
  await expectAll([...ids, ...beside.splice(0)]);
}, 400_000);

const beside: string[] = [];
