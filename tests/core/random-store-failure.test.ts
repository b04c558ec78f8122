import { expect, jest, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { Run } from '../../src/core/model/run.js';
import type { Executor } from '../../src/core/ports/executor.js';
import { StoreError, type StoreFault } from '../../src/core/ports/store.js';
import { randomOf } from '../contracts/choose.js';
import { FragileStore } from './fragile-store.js';
import { alice, executorOf, Installation, type Process, previewed, until } from './harness.js';

jest.setTimeout(60_000);

/** More than a run writes. */
const MOST_WRITES = 26;
const FAULTS: readonly StoreFault[] = ['full', 'denied', 'io', 'locked'];
const SEEDS = 30;
const AT_ONCE = 6;

/** A container that is stopped for its copy, as a run leaves it. */
class Box {
  isRunning = true;
  hasPartial = false;
  archives = 0;
}

function copying(box: Box, home: Installation): Executor {
  const executor: Executor<'files'> = {
    ...executorOf(home.world),
    run: async (_part, ctx) => {
      await ctx.journal('partial', null);
      box.hasPartial = true;
      await ctx.journal('held', null);
      box.isRunning = false;
      ctx.step(0, 'running');
      await ctx.note('copied', null);
      box.isRunning = true;
      await ctx.journal('finishing', null);
      box.hasPartial = false;
      box.archives += 1;
      await ctx.note('archived', null);
      ctx.remember({ files: 1 });
      return { state: 'succeeded', reason: 'done', summary: [phrase`Copied.`], warnings: [] };
    },
    recover: async (_part, journal) => {
      const kinds = journal.map(({ kind }) => kind);
      if (kinds.includes('held')) box.isRunning = true;
      if (kinds.includes('partial')) box.hasPartial = false;
      return { summary: [phrase`Everything is as before.`] };
    },
  };
  return executor as unknown as Executor;
}

interface Ground {
  readonly bot: Process;
  readonly store: FragileStore;
  readonly box: Box;
}

/** Confirms a run whose store fails from a chosen write on, until its end is known. Null: it was not begun. */
async function failing({ bot, store }: Ground, run: Run, from: number): Promise<Run | null> {
  const before = store.asked.length;
  store.fails = () => store.asked.length - before > from;
  try {
    const decision = await bot.pipeline.decide(run.id, alice, 'confirm');
    if (!decision.ok) {
      expect(decision.notice.code).toBe('store_unavailable');
      return null;
    }
    let isOver = false;
    const done = decision.done.finally(() => {
      isOver = true;
    });
    await until(() => isOver || bot.ownership.unstored.told(run.id) !== null, 'its end is known', 20_000);
    // The first attempt to store it has failed by then, or gone through.
    await new Promise((resolve) => setTimeout(resolve, 30));
    store.fails = () => false;
    return await done;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return null;
  } finally {
    store.fails = () => false;
  }
}

async function tryOne(ground: Ground, seed: number): Promise<string> {
  const { bot, store, box } = ground;
  const random = randomOf(seed);
  const from = Math.floor(random() * MOST_WRITES);
  store.fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? 'full';
  const made = box.archives;
  const asked = await previewed(bot, 'photos');
  const ended = await failing(ground, asked, from);
  expect([box.isRunning, box.hasPartial]).toEqual([true, false]);
  await until(async () => (await bot.deps.store.leases.list()).length === 0, 'the leases are free', 20_000);
  await until(() => bot.ownership.unstored.get(asked.id) === null, 'nothing waits for the store', 20_000);
  await until(() => bot.deps.faults.blocking() === null, 'no fault is left', 20_000);
  const stored = await bot.deps.store.runs.get(asked.id);
  if (ended === null) {
    expect([stored?.state, box.archives]).toEqual(['awaiting', made]);
    return 'not begun';
  }
  const isDone = ended.state === 'succeeded';
  expect(box.archives - made).toBe(isDone ? 1 : 0);
  expect([ended.state, ended.outcome?.reason]).toEqual(
    isDone ? ['succeeded', 'done'] : ['failed', 'store_unavailable'],
  );
  expect(ended.outcome?.summary.map(plain).join(' ')).not.toMatch(/defect/);
  expect(stored).toMatchObject({ state: ended.state, outcome: ended.outcome, owner: null });
  expect((await bot.deps.store.audit.list(1))[0]).toMatchObject({ event: 'finished', runId: asked.id });
  return ended.state;
}

test('a store that fails from any write on: the outcome is true, and everything is put back', async () => {
  const ends = new Map<string, number>();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, lane) => {
      const home = await Installation.create();
      const store = new FragileStore();
      const box = new Box();
      try {
        const bot = await home.start({ store: store.wrap, executors: [copying(box, home)] });
        for (let seed = lane; seed < SEEDS; seed += AT_ONCE) {
          const end = await tryOne({ bot, store, box }, seed).catch((error: unknown) => {
            throw new Error(`seed ${seed}`, { cause: error });
          });
          ends.set(end, (ends.get(end) ?? 0) + 1);
        }
        expect((await bot.deps.store.audit.verify()).problems).toEqual([]);
      } finally {
        await home.end();
      }
    }),
  );
  // All kinds of ends were met.
  expect([...ends.keys()].sort()).toEqual(['failed', 'not begun', 'succeeded']);
});
