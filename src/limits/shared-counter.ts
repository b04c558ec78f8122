import Bottleneck from 'bottleneck';
import type { RequestCounter } from '../core/ports/budgets.js';
import type { Log } from '../core/ports/log.js';
import { connectRedis } from './redis-client.js';
import { createRequestCounter } from './request-counter.js';

/** An answer that takes longer than this is not waited for: nobody's request may hang on a counter, in ms. */
const PATIENCE = 1500;

/**
 * Counts in Redis, together with the other instances that use it. While it can't be reached, each instance
 * counts for itself, and says so once; then together again. Never stops a request because of Redis.
 * @param url such as `redis://127.0.0.1:6379`; it may hold a password and is never logged
 */
export function createSharedCounter(url: string, log: Log): RequestCounter & { close(): Promise<void> } {
  const redis = connectRedis(url, {
    connectTimeout: 2000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(attempt * 200, 2000),
  });
  const connection = new Bottleneck.IORedisConnection({ client: redis.client });
  connection.on('error', () => {});
  const shared = createRequestCounter({ datastore: 'ioredis', connection });
  const alone = createRequestCounter();
  let together = true;
  const note = (reached: boolean, error?: unknown): void => {
    if (reached === together) return;
    together = reached;
    if (reached) log.info({}, 'Redis answers again: the limits hold for all instances together');
    else log.warn({ err: error }, 'Redis does not answer: each instance keeps the limits for itself');
  };
  return {
    take: async (key, rate) => {
      try {
        if (!redis.ready) throw new Error('there is no connection');
        const taken = await within(PATIENCE, shared.take(key, rate));
        note(true);
        return taken;
      } catch (error) {
        note(false, error);
        return alone.take(key, rate);
      }
    },
    close: async () => {
      await Promise.allSettled([shared.close(), alone.close()]);
      redis.close();
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
