import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Store } from '../../../src/core/ports/store.js';
import { gate, Installation } from '../../core/harness.js';
import { begunRuns, isIdle, lookUntil, pass, scheduledIntent, startWatch, storedDues } from './bench.js';

let installation: Installation | null = null;
afterEach(() => installation?.end());

const START = Date.parse('2026-11-22T14:00:00Z');

/** One life of a process: how time passes, and with which operation of the store it dies. */
interface Life {
  readonly seconds: readonly number[];
  readonly operations: number;
  /** The operation is still done; else it is not. */
  readonly done: boolean;
}

/** How much of its life a process has left. */
interface Breath {
  operations: number;
  /** What it had begun when it died: a real one would not finish it later, when another has cleared up. */
  readonly begun: Set<Promise<unknown>>;
}

/** Lets a process die at an operation of its store: that one and all later ones never come back. */
function mortal(
  store: Store,
  breath: Breath,
  { done }: Life,
  dead: () => void,
  over: () => Promise<unknown>,
): Store {
  const wrap = (group: object): object =>
    new Proxy(group, {
      get: (target, name) => {
        const work: unknown = Reflect.get(target, name);
        if (typeof work !== 'function' || name === 'remove') return work;
        return async (...args: unknown[]): Promise<unknown> => {
          breath.operations -= 1;
          const left = breath.operations;
          if (left > 0 || (left === 0 && done)) {
            const working: Promise<unknown> = work.apply(target, args);
            breath.begun.add(working);
            const result = await working.finally(() => breath.begun.delete(working));
            if (breath.operations > 0) return result;
          }
          dead();
          await over();
          throw new Error('this process is dead');
        };
      },
    });
  return new Proxy(store, {
    get: (target, name) => {
      const group: unknown = Reflect.get(target, name);
      // What looks at the files is no operation of the database.
      return typeof group === 'object' && group !== null && name !== 'files' ? wrap(group) : group;
    },
  });
}

/** Lives until it dies, or until its seconds have passed. */
async function live(place: Installation, life: Life, pids: number[]): Promise<void> {
  const death = gate();
  const breath: Breath = { operations: life.operations, begun: new Set() };
  const watch = await startWatch(place, {
    store: (store) => mortal(store, breath, life, death.open, place.hang),
  });
  const pid = watch.process.hosts.self().pid;
  for (const earlier of pids) watch.process.hosts.dead.add(earlier);
  pids.push(pid);
  const days = async (): Promise<void> => {
    await watch.process.ownership.recoverDead();
    for (const seconds of life.seconds) {
      pass(place, seconds);
      for (let looks = 0; looks < 4; looks += 1) {
        await watch.scheduler.look();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  };
  await Promise.race([days().catch(() => {}), death.opened]);
  // Also one that outlived its days does nothing more.
  breath.operations = 0;
  await Promise.allSettled(breath.begun);
}

const lifeOf = fc.record({
  seconds: fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 1, maxLength: 4 }),
  operations: fc.integer({ min: 4, max: 120 }),
  done: fc.boolean(),
});

test('a process may die at any operation of the store: every time gets exactly one run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(lifeOf, { minLength: 1, maxLength: 5 }), async (lives) => {
      const place = await Installation.create();
      installation = place;
      const every = (seconds: number) =>
        ({ timing: { kind: 'interval', seconds }, catchUp: 'all', overlap: 'queue' }) as const;
      place.intents.push(scheduledIntent('often', every(10)), scheduledIntent('seldom', every(25)));
      const first = await startWatch(place);
      await first.scheduler.look();
      const pids = [first.process.hosts.self().pid];
      for (const life of lives) await live(place, life, pids);

      const last = await startWatch(place);
      for (const pid of pids) last.process.hosts.dead.add(pid);
      await last.process.ownership.recoverDead();
      let looks = 0;
      const settled = async (): Promise<boolean> => {
        if (await isIdle(last)) return true;
        // What did not move is looked at again after some seconds.
        looks += 1;
        if (looks % 20 === 0) pass(place, 1);
        return false;
      };
      await lookUntil(place, last, settled, 'every time has its run');
      expectOneRunEach(place);
      await place.end();
      installation = null;
    }),
    { numRuns: Number(process.env.CHATOPS_TEST_RESTARTS ?? 12), endOnFailure: true },
  );
}, 600_000);

function expectOneRunEach(place: Installation): void {
  const seconds = (place.now.getTime() - START) / 1000;
  const expected = [
    ...Array.from({ length: Math.floor(seconds / 10) }, (_, index) => `often ${10 * (index + 1)}`),
    ...Array.from({ length: Math.floor(seconds / 25) }, (_, index) => `seldom ${25 * (index + 1)}`),
  ];
  const dues = storedDues(place.dataDir);
  const found = dues.map(({ schedule, due }) => `${schedule} ${(Date.parse(due) - START) / 1000}`);
  expect(found.sort()).toEqual(expected.sort());
  // None is lost: each has a run that has begun. None is doubled: no other run has begun.
  expect(dues.filter(({ started }) => started === null)).toEqual([]);
  expect([...begunRuns(place.dataDir)].sort()).toEqual(dues.map(({ run }) => run).sort());
}
