import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { Redis } from 'ioredis';
import type { RateLimiter } from '../../../../src/surfaces/http/access/rate-limit.js';
import { createRedisLimiter } from '../../../../src/surfaces/http/access/redis-rate-limit.js';
import { until } from '../../../core/harness.js';
import { has, testWith } from '../../../executors/support/needs.js';
import { createRedis, type TestRedis } from '../../../support/redis.js';

const isThere = has('redis-server');
const test = testWith('redis-server', isThere);

let redis: TestRedis;
/** Looks at what the limiters leave in Redis. */
let probe: Redis;
const limiters: RateLimiter[] = [];
const logged: string[] = [];

beforeAll(async () => {
  if (!isThere && process.env.CI !== 'true') return;
  redis = await createRedis();
  await redis.start();
  probe = new Redis(redis.url);
});
afterAll(async () => {
  probe?.disconnect();
  await redis?.remove();
});
afterEach(() => {
  for (const limiter of limiters.splice(0)) limiter.close();
  logged.length = 0;
});

/** One instance of the bot. */
function instance(limit: number, windowMs = 60_000): RateLimiter {
  const log = (_fields: object, message: string): void => void logged.push(message);
  const limiter = createRedisLimiter(redis.url, { limit, windowMs }, { info: log, warn: log, error: log });
  limiters.push(limiter);
  return limiter;
}

/** Until the connection stands, each instance counts by itself. */
async function connected(limiter: RateLimiter): Promise<void> {
  await until(async () => {
    const key = `warm-up-${randomUUID()}`;
    await limiter.hit(key);
    return (await probe.exists(`chatops:rate:${key}`)) === 1;
  }, 'it counts in Redis');
}

test('instances count together, and say how long to wait', async () => {
  const [one, two] = [instance(2), instance(2)];
  await Promise.all([connected(one), connected(two)]);
  expect([await one.hit('a'), await two.hit('a'), await one.hit('a'), await two.hit('b')]).toMatchObject([
    { allowed: true },
    { allowed: true },
    { allowed: false },
    { allowed: true },
  ]);
  const { retryAfter } = await two.hit('a');
  expect(retryAfter).toBeGreaterThan(0);
  expect(retryAfter).toBeLessThanOrEqual(60);
});

test('a window ends', async () => {
  const limiter = instance(1, 300);
  await connected(limiter);
  await limiter.hit('short');
  expect((await limiter.hit('short')).allowed).toBe(false);
  await until(async () => (await limiter.hit('short')).allowed, 'the window is over');
});

test('while Redis is away each instance counts by itself; when it is back they count together', async () => {
  const [one, two] = [instance(2), instance(2)];
  await Promise.all([connected(one), connected(two)]);
  await redis.stop();
  const alone = [await one.hit('c'), await one.hit('c'), await one.hit('c'), await two.hit('c')];
  expect(alone.map(({ allowed }) => allowed)).toEqual([true, true, false, true]);
  expect(logged.filter((message) => message.includes('away')).length).toBeGreaterThan(0);
  await redis.start();
  await Promise.all([connected(one), connected(two)]);
  expect(logged.filter((message) => message.includes('back')).length).toBe(2);
  expect([await one.hit('d'), await two.hit('d'), await one.hit('d')].map(({ allowed }) => allowed)).toEqual([
    true,
    true,
    false,
  ]);
});
