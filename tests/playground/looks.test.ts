import { afterEach, expect, test } from '@jest/globals';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import { call } from './raw.js';

let discord: LocalDiscord;
afterEach(() => discord.close());

test('the bot’s servers, and a channel of another one', async () => {
  discord = await startLocalDiscord({ seed: { otherGuilds: { Friends: ['chat'] } } });
  const { body } = await call(discord, 'GET', '/users/@me/guilds');
  expect(Object.values(body)).toEqual([
    expect.objectContaining({ id: discord.guildId, name: 'Home lab', owner: false }),
    expect.objectContaining({ name: 'Friends' }),
  ]);
  const [, friends] = Object.values(body) as { id: string }[];
  const chat = await call(discord, 'GET', `/channels/${discord.channelId('chat')}`);
  expect(chat.body).toMatchObject({ name: 'chat', type: 0, guild_id: friends?.id });
});

test('a webhook by its token, and not by a wrong one', async () => {
  discord = await startLocalDiscord();
  const { pathname } = new URL(discord.webhookUrl('alerts'));
  const path = pathname.replace('/api', '');
  const { status, body } = await call(discord, 'GET', path);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    type: 1,
    channel_id: discord.channelId('alerts'),
    guild_id: discord.guildId,
    application_id: null,
  });
  expect(body.user).toBeUndefined();
  expect(await call(discord, 'GET', `${path}x`)).toMatchObject({ status: 401, code: 50027 });
  expect(await call(discord, 'GET', '/webhooks/1/x')).toMatchObject({ status: 404, code: 10015 });
});

test('its clock, and the logins that are left', async () => {
  const at = Date.parse('2026-11-22T14:17:00Z');
  discord = await startLocalDiscord({ now: () => at, sessionsLeft: 7 });
  const { headers, body } = await call(discord, 'GET', '/gateway/bot');
  expect(headers.get('date')).toBe('Sun, 22 Nov 2026 14:17:00 GMT');
  expect(body.session_start_limit).toMatchObject({ total: 1000, remaining: 7 });
});
