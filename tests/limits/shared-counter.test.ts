import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import type { RequestCounter } from '../../src/core/ports/budgets.js';
import { createRequestCounter } from '../../src/limits/request-counter.js';
import { createSharedCounter } from '../../src/limits/shared-counter.js';
import { testWith } from '../executors/support/needs.js';
import { freePort, hasRedis, TestRedis } from './redis.js';

jest.setTimeout(60_000);
const test = testWith('redis-server', hasRedis);
const TEN = { runs: 10, perSeconds: 3600 };

let redis: TestRedis;
let said: string[];
let counters: ReturnType<typeof createSharedCounter>[];

beforeEach(async () => {
  redis = new TestRedis(await freePort());
  said = [];
  counters = [];
});
afterEach(async () => {
  for (const counter of counters) await counter.close();
  await redis.stop();
});

function shared(): RequestCounter {
  const counter = createSharedCounter(redis.url, {
    info: (_, message) => said.push(message),
    warn: (_, message) => said.push(message),
    error: () => {},
  });
  counters.push(counter);
  return counter;
}

async function passed(count: number, by: readonly RequestCounter[], key: string): Promise<number> {
  const asked = Array.from({ length: count }, (_, index) => by[index % by.length]?.take(key, TEN));
  return (await Promise.all(asked)).filter(Boolean).length;
}

/** Asks until both count together again. */
async function together(): Promise<void> {
  for (let tries = 0; said.filter((line) => line.includes('again')).length < 2 && tries < 100; tries += 1) {
    for (const counter of counters) await counter.take('probe', { runs: 10_000, perSeconds: 60 });
    await sleep(100);
  }
}

test('alone: exactly as many as the limit, for each key by itself', async () => {
  const alone = createRequestCounter();
  expect(await passed(40, [alone], 'alice')).toBe(10);
  expect(await passed(40, [alone], 'bob')).toBe(10);
  expect(await passed(40, [alone], 'alice')).toBe(0);
  await alone.close();
});

test('alone: exactly as many as the limit in any mixture of one by one and at once', async () => {
  for (const pauses of [[0, 0, 3, 0, 2], [3], [0, 2], [2, 0, 0, 0, 0, 0]]) {
    const alone = createRequestCounter();
    const asked: Promise<boolean>[] = [];
    for (let index = 0; index < 40; index += 1) {
      asked.push(alone.take('alice', TEN));
      const pause = pauses[index % pauses.length] ?? 0;
      await (pause > 0 ? sleep(pause) : asked[index % 3 === 0 ? index : 0]);
    }
    const answers = await Promise.all(asked);
    expect([pauses, answers.filter(Boolean).length]).toEqual([pauses, 10]);
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(true));
    await alone.close();
  }
});

test('alone: exactly as many as the limit when several ask again as soon as they are answered', async () => {
  const alone = createRequestCounter();
  let count = 0;
  const insatiable = async (): Promise<void> => {
    while (await alone.take('alice', TEN)) count += 1;
  };
  await Promise.all(Array.from({ length: 7 }, insatiable));
  expect(count).toBe(10);
  await alone.close();
});

test('alone: while some is known to be left, nobody waits for a timer', async () => {
  const alone = createRequestCounter();
  await alone.take('alice', TEN);
  const immediate = new Promise((resolve) => setImmediate(() => resolve('late')));
  expect(await Promise.race([alone.take('alice', TEN), immediate])).toBe(true);
  await alone.close();
});

test('a budget is there again when its time is over', async () => {
  const alone = createRequestCounter();
  const rate = { runs: 1, perSeconds: 1 };
  expect([await alone.take('a', rate), await alone.take('a', rate)]).toEqual([true, false]);
  for (let tries = 0; !(await alone.take('a', rate)); tries += 1) {
    if (tries > 200) throw new Error('never again');
    await sleep(100);
  }
  await alone.close();
});

test('two processes with one Redis: 40 at once, exactly 10 pass', async () => {
  await redis.start();
  const asker = `
    import { createSharedCounter } from ${JSON.stringify(new URL('../../dist/src/limits/shared-counter.js', import.meta.url).href)};
    const counter = createSharedCounter(process.argv[1], { info() {}, warn(_, text) { console.error(text); }, error() {} });
    await counter.take('warm-up', { runs: 10, perSeconds: 60 });
    while (Date.now() < Number(process.argv[2])) await new Promise((resolve) => setTimeout(resolve, 1));
    const taken = await Promise.all(Array.from({ length: 20 }, () => counter.take('alice', { runs: 10, perSeconds: 3600 })));
    console.log(taken.filter(Boolean).length);
    await counter.close();`;
  const start = String(Date.now() + 4000);
  const ask = () => promisify(execFile)('node', ['--input-type=module', '-e', asker, redis.url, start]);
  const answers = await Promise.all([ask(), ask()]);
  const counts = answers.map(({ stdout }) => Number(stdout));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
});

test('Redis stops and starts again during traffic: nothing hangs or fails, and it is said once each', async () => {
  await redis.start();
  const [a, b] = [shared(), shared()];
  await sleep(300);
  expect(await passed(40, [a, b], 'before')).toBe(10);
  const traffic = new AbortController();
  const answers: boolean[] = [];
  const busy = (async () => {
    while (!traffic.signal.aborted) {
      answers.push(await a.take('traffic', TEN));
      await sleep(5);
    }
  })();
  await redis.stop();
  expect(await passed(40, [a, b], 'without')).toBe(20);
  await redis.start();
  await together();
  expect(await passed(40, [a, b], 'after')).toBe(10);
  traffic.abort();
  await busy;
  expect(answers.length).toBeGreaterThan(20);
  await together();
  const lost = said.filter((line) => line.startsWith('Redis does not answer')).length;
  // A busy machine may lose it once more; it is never said for each request.
  expect(lost).toBeGreaterThanOrEqual(2);
  expect(lost).toBeLessThanOrEqual(4);
  expect(said.filter((line) => line.startsWith('Redis answers again'))).toHaveLength(lost);
});

test('a Redis that was never there: local limits', async () => {
  expect(await passed(40, [shared()], 'alice')).toBe(10);
  expect(said).toEqual(['Redis does not answer: each instance keeps the limits for itself']);
});
