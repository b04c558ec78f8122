import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import { StoreError } from '../../src/core/ports/store.js';
import { alice, Installation, intentNamed, type Process, previewed } from './harness.js';

let here: Installation;
let bot: Process;
beforeEach(async () => {
  here = await Installation.create();
  bot = await here.start();
});
afterEach(() => here.end());

/** Runs an intent to its end, for so many seconds. */
async function ran(intent: string, seconds: number, process = bot) {
  here.world.during = async () => {
    here.now = new Date(here.now.getTime() + seconds * 1000);
    return undefined;
  };
  const run = await previewed(process, intent);
  const decision = await process.pipeline.decide(run.id, alice, 'confirm');
  if (!decision.ok) throw new Error(decision.notice.code);
  return decision.done;
}

const expected = async (intent: string) =>
  (await previewed(bot, intent)).plan.parts.map((part) => part.expected);

test('the first preview knows no earlier run; the next one goes by the last runs', async () => {
  expect(await expected('photos')).toEqual(['first_run']);
  await ran('photos', 20);
  expect(await expected('photos')).toEqual([{ tookMs: 20_000, stepsMs: {}, runs: 1, scaled: false }]);
  await ran('photos', 22);
  await ran('photos', 90);
  expect(await expected('photos')).toMatchObject([{ tookMs: 22_000, runs: 3 }]);
  expect(await expected('films')).toEqual(['first_run']);
});

test('what failed, what was stopped and what was only previewed is no example', async () => {
  here.world.during = async () => ({ state: 'failed', reason: 'command_failed' });
  const run = await previewed(bot, 'photos');
  const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
  if (decision.ok) await decision.done;
  await previewed(bot, 'photos', { dryRun: true });
  expect(await expected('photos')).toEqual(['first_run']);
});

test('an intent that runs because another depends on it is remembered under its own name', async () => {
  here.intents.push(intentNamed('all', { dependsOn: ['photos'] }));
  await ran('all', 10);
  expect(await expected('photos')).toMatchObject([{ tookMs: 10_000, runs: 1 }]);
});

test('the work to do goes with it', async () => {
  await ran('photos', 10);
  here.world.bytes = 2000;
  expect(await expected('photos')).toMatchObject([{ tookMs: 20_000, scaled: true }]);
  here.world.bytes = 9000;
  expect(await expected('photos')).toEqual(['other_amount']);
});

test('an estimate is no part of what was confirmed', async () => {
  const first = await previewed(bot, 'photos');
  await ran('photos', 10);
  expect((await previewed(bot, 'photos')).plan.fingerprint).toBe(first.plan.fingerprint);
});

test('an outcome says when it took much longer', async () => {
  const usual = await ran('photos', 20);
  expect(usual.outcome?.summary).toEqual([phrase`Copied.`]);
  const slow = await ran('photos', 180);
  expect(slow.outcome?.summary.map(plain)).toEqual([
    'Copied.',
    'Slower than usual: it took 3 min, 20 s last time.',
  ]);
});

test('a past that can’t be kept fails no run', async () => {
  const broken = await here.start({
    store: (store) => ({
      ...store,
      history: {
        ...store.history,
        add: async () => {
          throw new StoreError('the disk is full');
        },
      },
    }),
  });
  expect((await ran('photos', 20, broken)).state).toBe('succeeded');
  expect(broken.logged).toHaveLength(1);
});
