import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { type FailingStage, failingStage, INTENTS } from './failing-intents.js';
import { killPoints } from './kill-round.js';
import type { Bot } from './stage.js';

/** How many backups fail one after the other, five at a time. */
const FAILURES = Number(process.env.CHATOPS_TEST_FAILURES ?? 20);
/** How often the bot is killed. */
const KILLS = Number(process.env.CHATOPS_TEST_KILLS ?? 3);

const LONG = 600_000;

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
async function failures(count: number, meanwhile: (done: number) => Promise<void>): Promise<void> {
  for (let done = INTENTS.length; done <= count; done += INTENTS.length) {
    await Promise.all(INTENTS.map((intent) => failing.confirm(intent)));
    await meanwhile(done);
  }
}

function tooManyRequests(): void {
  const { discord } = failing.stage;
  discord.inject({ method: 'POST', path: /\/messages$/, answer: 429, retryAfterMs: 300, times: 2 });
  discord.inject({ method: 'PATCH', path: /\/messages\//, answer: 429, retryAfterMs: 300, times: 1 });
}

async function lostGateway(): Promise<void> {
  const { discord } = failing.stage;
  discord.dropGateway();
  await discord.waitForBot({ timeoutMs: 30_000 });
}

/**
 * Waits until every run has ended and everything was told, then compares what was told with what the history says.
 * Returns how many went wrong. A Confirm that was pressed when the bot was killed may have been lost on its way:
 * then its run still waits, and nothing went wrong.
 */
async function expectAll(): Promise<number> {
  const { stage, cards, told } = failing;
  const bad = await endedBadly();
  const ids = bad.map(({ id }) => id);
  const missing = () => ids.filter((id) => !told().has(id));
  await stage.discord.waitFor(() => missing().length === 0, { timeoutMs: 180_000, what: 'every entry' });
  const countOf = (intent: string) =>
    cards()
      .filter((card) => textOf(card).includes(`· ${intent} ·`))
      .map((card) => Number(/ · (\d+) times since/.exec(textOf(card))?.[1] ?? 1));
  const wanted = INTENTS.map((name) => [bad.filter(({ intent }) => intent === name).length]);
  const right = () => isDeepStrictEqual(INTENTS.map(countOf), wanted);
  await stage.discord.waitFor(right, { timeoutMs: 60_000, what: `the counts ${wanted.join()}` });
  // Long enough for anything that would come twice.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(cards()).toHaveLength(INTENTS.length);
  expect(INTENTS.map(countOf)).toEqual(wanted);
  expect([...told()].filter(([, times]) => times !== 1)).toEqual([]);
  expect([...told().keys()].sort()).toEqual([...ids].sort());
  return ids.length;
}

/** The runs that failed or were interrupted, once none is under way any more. */
async function endedBadly(): Promise<{ id: string; intent: string; state: string }[]> {
  for (let look = 0; look < 60; look += 1) {
    const runs = await failing.stage.json<{ id: string; intent: string; state: string }[]>([
      'runs',
      '-n',
      '500',
    ]);
    if (runs.every(({ state }) => state !== 'queued' && state !== 'running')) {
      return runs.filter(({ state }) => state === 'failed' || state === 'interrupted');
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('runs are still under way');
}

test(
  `${FAILURES} failures of 5 intents with 429s and a gateway drop: 5 cards, each attempt in its thread once; a success turns one green`,
  async () => {
    await failures(FAILURES, async (done) => {
      tooManyRequests();
      if (done === 2 * INTENTS.length) await lostGateway();
    });
    await failing.stage.discord.waitFor(() => failing.told().size >= FAILURES - INTENTS.length, {
      timeoutMs: 180_000,
      what: 'the entries',
    });
    expect(await expectAll()).toBe(FAILURES);

    const good = await failing.stage.cli(['run', 'alpha', '--yes'], { env: failing.working });
    expect(good.code).toBe(0);
    const green = await failing.stage.discord.waitFor(
      () => failing.cards().find((card) => textOf(card).includes('Backup works again')),
      { timeoutMs: 30_000 },
    );
    expect(textOf(green)).toContain('· alpha ·');
    expect(failing.cards()).toHaveLength(INTENTS.length);
  },
  LONG,
);

test(
  `kill -9 at ${KILLS} points and commands that fail while the bot is down: nothing lost, nothing doubled`,
  async () => {
    const beside: string[] = [];
    const points = [...killPoints(KILLS, 2500)];
    await failures(KILLS * INTENTS.length, async (done) => {
      tooManyRequests();
      await new Promise((resolve) => setTimeout(resolve, points.shift()));
      await bot.kill9();
      if (done === 2 * INTENTS.length) {
        for (const intent of INTENTS) {
          const { code, stdout } = await failing.stage.cli(['run', intent, '--yes', '--json']);
          expect(code).toBe(1);
          beside.push(JSON.parse(stdout).id);
        }
      }
      bot = await failing.stage.start();
    });
    expect(await expectAll()).toBeGreaterThan(KILLS * 3);
    expect(beside.filter((id) => failing.told().get(id) !== 1)).toEqual([]);
  },
  LONG,
);
