import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import { type Stage, startStage } from './bot.js';
import { call } from './raw.js';

describe('the API', () => {
  let discord: LocalDiscord;
  // The clock stands still, so that windows end only when a test says so.
  const start = Date.now();
  beforeEach(async () => {
    discord = await startLocalDiscord({ now: () => start });
  });
  afterEach(() => discord.close());
  const path = (channel = 'ops') => `/channels/${discord.channelId(channel)}/messages`;
  const send = (channel?: string) => call(discord, 'POST', path(channel), { content: 'x' });

  test('lets 5 sends and edits in 5 s through in a channel, then answers 429 with the time to wait', async () => {
    const { body, headers } = await send();
    expect(headers.get('x-ratelimit-limit')).toBe('5');
    expect(headers.get('x-ratelimit-remaining')).toBe('4');
    expect(headers.get('x-ratelimit-reset-after')).toBe('5');
    const edit = () => call(discord, 'PATCH', `${path()}/${String(body.id)}`, { content: 'y' });
    for (const remaining of ['3', '2', '1', '0']) {
      const answer = await edit();
      expect(answer.headers.get('x-ratelimit-remaining')).toBe(remaining);
      expect(answer.headers.get('x-ratelimit-bucket')).toBe(headers.get('x-ratelimit-bucket'));
    }
    discord.advance(3500);
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      message: 'You are being rate limited.',
      code: 0,
      retry_after: 1.5,
      global: false,
    });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.headers.get('x-ratelimit-scope')).toBe('user');
    expect((await send('alerts')).status).toBe(200);
    discord.advance(1500);
    expect((await send()).status).toBe(200);
    expect(discord.messages('ops')).toHaveLength(2);
  });

  test('lets 50 requests a second through in all', async () => {
    const get = () => call(discord, 'GET', '/users/@me');
    for (let i = 0; i < 50; i += 1) expect((await get()).status).toBe(200);
    const refused = await get();
    expect([refused.status, refused.body.global]).toEqual([429, true]);
    expect(refused.headers.get('x-ratelimit-global')).toBe('true');
    expect(refused.headers.get('x-ratelimit-scope')).toBe('global');
    discord.advance(1000);
    expect((await get()).status).toBe(200);
  });

  test('fails as told: before or after the effect, so often, and only what matches', async () => {
    discord.inject({ path: /messages$/, times: 2, answer: 503 });
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
    expect((await send()).status).toBe(503);
    expect((await send()).status).toBe(503);
    expect(discord.messages('ops')).toEqual([]);
    expect((await send()).status).toBe(200);
    discord.inject({ method: 'POST', answer: 502, afterEffect: true });
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
    expect((await send()).status).toBe(502);
    expect(discord.messages('ops')).toHaveLength(2);
    discord.inject({ answer: 'disconnect', afterEffect: true });
    await expect(send()).rejects.toThrow();
    expect(discord.messages('ops')).toHaveLength(3);
    expect(discord.requests.map(({ status }) => status)).toEqual([200, 503, 503, 200, 200, 502, null]);
    discord.inject({ answer: 500, times: 9 });
    discord.clearFaults();
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
  });
});

describe('discord.js', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await startStage({ rateLimits: { messages: { limit: 2, windowMs: 300 } } });
  });
  afterEach(() => stage.end());

  async function channel() {
    const found = await stage.bot.channels.fetch(stage.discord.channelId('ops'));
    if (!found?.isSendable()) throw new Error('no channel');
    return found;
  }

  test('keeps to the headers: no request is refused, and none is lost', async () => {
    const ops = await channel();
    await Promise.all(Array.from({ length: 7 }, (_, i) => ops.send(`${i}`)));
    expect(stage.discord.messages('ops')).toHaveLength(7);
    expect(stage.discord.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test('honours a 429, global or not, and a server error, and goes on', async () => {
    const ops = await channel();
    stage.discord.inject({ method: 'POST', answer: 429, retryAfterMs: 200 });
    await ops.send('After the first');
    stage.discord.inject({ method: 'POST', answer: 429, retryAfterMs: 200, global: true });
    await ops.send('After the second');
    stage.discord.inject({ method: 'POST', answer: 500 });
    await ops.send('After the third');
    const posts = stage.discord.requests.filter(({ method }) => method === 'POST');
    expect(posts.map(({ status }) => status)).toEqual([429, 200, 429, 200, 500, 200]);
  });

  test('waits for an answer that takes its time', async () => {
    const ops = await channel();
    stage.discord.setLatency(50);
    await ops.send('Slowly');
    expect(stage.discord.requests.at(-1)?.ms).toBeGreaterThanOrEqual(45);
  });
});
