import { describe, expect, test } from '@jest/globals';
import { createLocalLimiter } from '../../../../src/surfaces/http/access/rate-limit.js';

describe('calls of a client', () => {
  test('refused ones count, do not make the wait longer, and a new window begins when it is over', async () => {
    let now = 1_000_000;
    const limiter = createLocalLimiter({ limit: 2, windowMs: 60_000 }, () => now);
    const hits: unknown[] = [];
    for (let call = 0; call < 4; call += 1) {
      hits.push(await limiter.hit('a'));
      now += 10_000;
    }
    expect(hits).toEqual([
      { allowed: true, retryAfter: 60 },
      { allowed: true, retryAfter: 50 },
      { allowed: false, retryAfter: 40 },
      { allowed: false, retryAfter: 30 },
    ]);
    expect(await limiter.hit('b')).toMatchObject({ allowed: true });
    now += 19_999;
    expect(await limiter.hit('a')).toEqual({ allowed: false, retryAfter: 1 });
    now += 1;
    expect(await limiter.hit('a')).toEqual({ allowed: true, retryAfter: 60 });
  });

  test('0 is no limit', async () => {
    const limiter = createLocalLimiter({ limit: 0, windowMs: 60_000 });
    for (let call = 0; call < 100; call += 1) expect((await limiter.hit('a')).allowed).toBe(true);
  });

  test('a flood of addresses is forgotten from the oldest on; the others keep their count', async () => {
    const limiter = createLocalLimiter({ limit: 1, windowMs: 60_000 }, () => 0, 3);
    for (const client of ['a', 'b', 'c', 'd']) await limiter.hit(client);
    expect((await limiter.hit('d')).allowed).toBe(false);
    expect((await limiter.hit('b')).allowed).toBe(false);
    expect((await limiter.hit('a')).allowed).toBe(true);
  });
});
