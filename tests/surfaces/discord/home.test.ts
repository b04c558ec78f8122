import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Scene, startScene } from './surface.js';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene.end());

const away = /^The bot is not in the server \d+ that DISCORD_GUILD_ID names\. Invite it/;
const problem = () => scene.surface.homeProblem();

test('removed from its server, the bot says so once; invited again, it serves again with its commands', async () => {
  const { discord, log } = scene;
  expect(problem()).toBeNull();
  discord.setBotInGuild(false);
  await discord.waitFor(() => problem() !== null, { what: 'the removal' });
  expect(problem()).toMatch(away);
  expect(scene.surface.state().state).toBe('ready');
  discord.setBotInGuild(true);
  await discord.waitFor(() => problem() === null, { what: 'the invitation' });
  expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
    'the bot was removed from its server',
  ]);
  await discord
    .as('alice')
    .slash('help')
    .waitForMessage(/Backup|backup/);
});

test('a bot that starts outside of its server says so', async () => {
  scene.discord.setBotInGuild(false);
  await scene.restart();
  await scene.discord.waitFor(() => problem() !== null, { what: 'the start' });
  expect(problem()).toMatch(away);
});
