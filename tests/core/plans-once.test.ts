import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Run } from '../../src/core/model/run.js';
import { alice, gate, Installation, type Process, previewed } from './harness.js';

let home: Installation;

beforeEach(async () => {
  home = await Installation.create();
  home.world.plansOnce = true;
});
afterEach(() => home.end());

async function begin(bot: Process, run: Run, atOnce: boolean) {
  const decision = await bot.pipeline.decide(run.id, alice, 'confirm', { atOnce });
  if (!decision.ok) throw new Error(`refused: ${decision.notice.code}`);
  return decision;
}

test('a plan that nobody has looked at is made once where planning costs as much as the work', async () => {
  const bot = await home.start();
  const { done } = await begin(bot, await previewed(bot, 'photos'), true);
  expect((await done).state).toBe('succeeded');
  expect(home.world.planned).toHaveLength(1);
});

test('one that somebody has seen is made again, and compared', async () => {
  const bot = await home.start();
  const run = await previewed(bot, 'photos');
  home.world.deletions = ['/b/new'];
  expect((await (await begin(bot, run, false)).done).state).toBe('plan_changed');
});

test('other kinds are always looked at again', async () => {
  home.world.plansOnce = false;
  const bot = await home.start();
  const run = await previewed(bot, 'photos');
  home.world.deletions = ['/b/new'];
  expect((await (await begin(bot, run, true)).done).state).toBe('plan_changed');
});

test('one that had to wait for its turn is made again', async () => {
  const bot = await home.start();
  const first = gate();
  home.world.during = async () => {
    await first.opened;
    return undefined;
  };
  const { done } = await begin(bot, await previewed(bot, 'photos'), true);
  const second = await begin(bot, await previewed(bot, 'photos'), true);
  expect(home.world.planned).toHaveLength(2);
  home.now = new Date(home.now.getTime() + 60_000);
  first.open();
  await done;
  expect((await second.done).state).toBe('succeeded');
  expect(home.world.planned).toHaveLength(3);
});

test('what blocks rights meanwhile still holds', async () => {
  const bot = await home.start();
  const run = await previewed(bot, 'photos');
  home.intents.splice(0, 1);
  const decision = await bot.pipeline.decide(run.id, alice, 'confirm', { atOnce: true });
  const ended = decision.ok ? await decision.done : null;
  expect(ended === null ? 'refused' : ended.state).toBe('refused');
  expect(home.world.entered).toEqual([]);
});
