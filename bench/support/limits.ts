import type { RateLimitOptions } from '../../src/playground/rest/rate-limits.js';

/** So wide that the local Discord slows nobody down: the bots are measured, not Discord's patience. */
export const NO_LIMITS: RateLimitOptions = {
  messages: { limit: 100_000, windowMs: 1000 },
  webhooks: { limit: 100_000, windowMs: 1000 },
  global: { limit: 100_000, windowMs: 1000 },
};
