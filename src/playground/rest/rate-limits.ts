import { createHash } from 'node:crypto';
import { ApiError } from '../wire/api-error.js';
import type { Clock } from '../world/clock.js';
import type { Match } from './router.js';

/** So many requests in so much time. */
interface Limit {
  readonly limit: number;
  readonly windowMs: number;
}

export interface RateLimitOptions {
  /** Sends and edits in one channel share this one. */
  readonly messages: Limit;
  /** Everything with one interaction's or webhook's token. */
  readonly webhooks: Limit;
  /** All requests of the bot, except answers to interactions. */
  readonly global: Limit;
}

/** https://discord.com/developers/docs/topics/rate-limits; Discord publishes only the global number. */
export const DEFAULT_RATE_LIMITS: RateLimitOptions = {
  messages: { limit: 5, windowMs: 5000 },
  webhooks: { limit: 5, windowMs: 2000 },
  global: { limit: 50, windowMs: 1000 },
};

export type Headers = Readonly<Record<string, string>>;

interface Window {
  used: number;
  resetAt: number;
}

/** A refusal for too many requests: status 429 with `retry_after` in seconds. */
export function tooMany(retryAfterMs: number, global: boolean): ApiError {
  return new ApiError(429, 0, 'You are being rate limited.', {
    retry_after: Math.ceil(retryAfterMs) / 1000,
    global,
  });
}

/** The headers that go with a 429. `Retry-After` is in whole seconds, rounded up, so that it is never too early. */
export function retryHeaders(retryAfterMs: number, scope: 'user' | 'global' | 'shared'): Headers {
  return {
    'Retry-After': String(Math.ceil(retryAfterMs / 1000)),
    'X-RateLimit-Scope': scope,
    ...(scope === 'global' ? { 'X-RateLimit-Global': 'true' } : {}),
  };
}

/** Counts one request; `refused` says for how many milliseconds nothing more is let through. */
export type Counter = (match: Match) => {
  readonly headers: Headers;
  readonly refused: { readonly afterMs: number; readonly global: boolean } | null;
};

export function createCounter(options: RateLimitOptions, clock: Clock): Counter {
  const windows = new Map<string, Window>();

  function take(key: string, { limit, windowMs }: Limit): { remaining: number; resetMs: number } {
    const now = clock.now();
    const current = windows.get(key);
    const window = current && current.resetAt > now ? current : { used: 0, resetAt: now + windowMs };
    window.used += 1;
    windows.set(key, window);
    return { remaining: limit - window.used, resetMs: window.resetAt - now };
  }

  return ({ route, params }) => {
    if (!route.unlimited) {
      const { remaining, resetMs } = take('global', options.global);
      if (remaining < 0) {
        return { headers: retryHeaders(resetMs, 'global'), refused: { afterMs: resetMs, global: true } };
      }
    }
    const { bucket } = route;
    if (!bucket) return { headers: {}, refused: null };
    const limit = bucket.name === 'webhooks' ? options.webhooks : options.messages;
    const key = [bucket.name, ...bucket.major.map((name) => params[name])].join('/');
    const { remaining, resetMs } = take(key, limit);
    const headers = {
      'X-RateLimit-Limit': String(limit.limit),
      'X-RateLimit-Remaining': String(Math.max(0, remaining)),
      'X-RateLimit-Reset': String((clock.now() + resetMs) / 1000),
      'X-RateLimit-Reset-After': String(resetMs / 1000),
      'X-RateLimit-Bucket': createHash('md5').update(bucket.name).digest('hex'),
    };
    if (remaining >= 0) return { headers, refused: null };
    return {
      headers: { ...headers, ...retryHeaders(resetMs, 'user') },
      refused: { afterMs: resetMs, global: false },
    };
  };
}
