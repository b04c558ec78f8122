import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { type LocalDiscord, startLocalDiscord } from '../../../src/playground/local-discord.js';
import { logIn } from '../../../src/surfaces/discord/log-in.js';
import { keptLog } from './surface.js';

let discord: LocalDiscord;
let client: Client;
beforeEach(async () => {
  discord = await startLocalDiscord();
  client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.apiUrl, retries: 0 } });
});
afterEach(async () => {
  await client.destroy();
  await discord.close();
});

test('a token that Discord refuses is an error at once', async () => {
  const log = keptLog();
  await expect(logIn(client, 'wrong', log, 10)).rejects.toThrow(/token/i);
  expect(log.lines).toEqual([]);
});

test('when Discord can’t be reached, it is tried until it can', async () => {
  const log = keptLog();
  discord.inject({ path: /gateway/, answer: 502, times: 3 });
  const ready = once(client, Events.ClientReady);
  const login = await logIn(client, discord.token, log, 10);
  await ready;
  login.giveUp();
  expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn']);
});
