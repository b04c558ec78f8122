import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { phrase } from '../../src/core/model/phrase.js';
import { notice } from '../../src/core/model/reasons.js';
import type { Fault } from '../../src/core/ports/fault.js';
import { type Store, StoreError } from '../../src/core/ports/store.js';
import { alice, Installation, type Process, previewed, request, until } from './harness.js';

const GONE = notice('store_unavailable', phrase`The database was removed.`, phrase`Restart the bot.`);

let home: Installation;
let bot: Process;
/** Whether incidents can be stored. */
let writable: boolean;

function breakable(store: Store): Store {
  const raise: Store['incidents']['raise'] = async (alert) => {
    if (!writable) throw new StoreError('the disk is gone');
    await store.incidents.raise(alert);
  };
  return { ...store, incidents: { ...store.incidents, raise } };
}

beforeEach(async () => {
  writable = true;
  home = await Installation.create();
  bot = await home.start({ store: breakable });
});
afterEach(() => home.end());

const incident = () => bot.deps.store.incidents.get('i-1');

test('a fault is told once, and ends with what ends it', async () => {
  const { faults } = bot.deps;
  for (let again = 0; again < 3; again += 1) faults.open('data-directory', GONE, { blocksRuns: true });
  await until(async () => (await incident()) !== null, 'the alert is stored');
  faults.clear('data-directory');
  await until(async () => (await incident())?.resolved != null, 'the alert is over');

  expect(await incident()).toMatchObject({ key: 'fault:data-directory', intent: null, count: 1 });
  expect(bot.logged).toHaveLength(1);
  expect(faults.list()).toEqual([]);
});

test('while it keeps runs back, nothing is admitted and nothing confirmed, with the true reason', async () => {
  const waiting = await previewed(bot, 'photos');
  bot.deps.faults.open('data-directory', GONE, { blocksRuns: true });

  const asked = await bot.pipeline.admit(request('photos'));
  const answered = await bot.pipeline.decide(waiting.id, alice, 'confirm');
  expect([asked, answered]).toEqual([
    { ok: false, notice: GONE },
    { ok: false, notice: GONE },
  ]);

  bot.deps.faults.clear('data-directory');
  expect((await bot.pipeline.admit(request('photos'))).ok).toBe(true);
});

test('a fault that keeps nothing back lets runs begin', async () => {
  bot.deps.faults.open('intents-folder', GONE);
  expect((await bot.pipeline.admit(request('photos'))).ok).toBe(true);
});

test('a store that takes no alert is gone around, once, and is told when it is back', async () => {
  writable = false;
  const told: Fault[] = [];
  let refused = 0;
  bot.deps.faults.tellBy(async (fault) => void told.push(fault));
  bot.deps.faults.tellBy(async () => {
    refused += 1;
    throw new Error('Discord is away');
  });
  bot.deps.faults.open('data-directory', GONE, { blocksRuns: true });
  await until(() => refused > 2, 'the other way was tried again');
  expect(told).toMatchObject([{ key: 'data-directory', notice: GONE, blocksRuns: true }]);
  expect(await incident()).toBeNull();

  writable = true;
  await until(async () => (await incident()) !== null, 'the alert is stored');
  expect(await incident()).toMatchObject({ count: 1, resolved: null });
});

test('of a fault that comes and goes while the store is away, the first and the last word are stored', async () => {
  writable = false;
  for (let times = 0; times < 50; times += 1) {
    bot.deps.faults.open('data-directory', GONE);
    bot.deps.faults.clear('data-directory');
  }
  writable = true;
  await until(async () => (await incident())?.resolved != null, 'the alert is over');
  expect(await incident()).toMatchObject({ count: 1 });
});

test('an alert of before a restart ends with the first good look after it', async () => {
  bot.deps.faults.open('intents-folder', GONE);
  await until(async () => (await incident()) !== null, 'the alert is stored');
  const next = await home.start();
  next.deps.faults.clear('intents-folder');
  await until(async () => (await incident())?.resolved != null, 'the alert is over');
});
