import { Redis } from 'ioredis';
import type { Log } from '../../../core/ports/log.js';
import { createLocalLimiter, type RateLimit, type RateLimiter, verdict } from './rate-limit.js';

/** A Redis that does not answer within this time counts as away, in ms. */
const ANSWER_MS = 500;
const RECONNECT_MS = 2000;

/** Counts, and gives the window its end with the first call: in one step, so that no window is without an end. */
const COUNT = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { count, left }
`;

/** Counts across all instances on one Redis; while it is away, each instance counts by itself. */
export function createRedisLimiter(url: string, rate: RateLimit, log: Log): RateLimiter {
  const local = createLocalLimiter(rate);
  const redis = new Redis(url, {
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_MS,
  });
  let away = false;
  let closing = false;
  const isAway = (now: boolean, error?: unknown): void => {
    if (closing) return;
    if (now !== away && now) log.warn({ err: error }, 'Redis is away: each instance limits calls by itself');
    if (now !== away && !now) log.info({}, 'Redis is back: calls are limited across instances');
    away = now;
  };
  redis.on('error', (error) => isAway(true, error));
  redis.on('close', () => isAway(true));
  redis.on('ready', () => isAway(false));
  return {
    hit: async (key) => {
      if (redis.status !== 'ready') return local.hit(key);
      try {
        const [count, left] = (await redis.eval(COUNT, 1, `chatops:rate:${key}`, rate.windowMs)) as [
          number,
          number,
        ];
        return verdict(rate.limit, count, left);
      } catch (error) {
        isAway(true, error);
        return local.hit(key);
      }
    },
    close: () => {
      closing = true;
      redis.disconnect();
      local.close();
    },
  };
}
