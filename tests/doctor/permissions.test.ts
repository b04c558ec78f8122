import { describe, expect, test } from '@jest/globals';
import { bearerOf, missingPermissions, NEEDED, namesOf } from '../../src/doctor/discord/permissions.js';

/** What the local Discord does not know: time-outs, and the role that Discord makes for a bot. */
const ALL = String(NEEDED.reduce((bits, { bit }) => bits | bit, 0n));
const guild = {
  id: '1',
  name: 'Home lab',
  owner_id: '2',
  roles: [
    { id: '1', name: '@everyone', permissions: '0' },
    { id: '7', name: 'ChatOps', permissions: ALL, tags: { bot_id: '9' } },
  ],
};
const bot = { user: { id: '9', username: 'chatops-bot' }, roles: ['7'] };
const NOW = Date.parse('2026-11-22T14:17:00Z');
const until = (time: string) => ({ ...bot, communication_disabled_until: `2026-11-22T${time}:00+00:00` });

describe('what the bot lacks', () => {
  test('timed out, it may only view and read; afterwards everything again', () => {
    const missing = missingPermissions(guild, until('14:18'), null, NOW);
    expect(missing.map(({ permission, why }) => `${permission.name}: ${why}`)).toEqual([
      'Send Messages: the bot is timed out',
      'Embed Links: the bot is timed out',
      'Attach Files: the bot is timed out',
      'Create Public Threads: the bot is timed out',
      'Send Messages in Threads: the bot is timed out',
    ]);
    expect(missingPermissions(guild, until('14:16'), null, NOW)).toEqual([]);
  });

  test('without roles: everything, each by its name in Discord', () => {
    const missing = missingPermissions(guild, { ...bot, roles: [] }, null, NOW);
    expect(namesOf(missing)).toBe(
      'View Channel, Send Messages, Embed Links, Attach Files, Read Message History, Create Public Threads and Send Messages in Threads',
    );
  });

  test('nothing, where it owns the server', () => {
    expect(missingPermissions({ ...guild, owner_id: '9' }, { ...bot, roles: [] }, null, NOW)).toEqual([]);
  });
});

test('whom to give it to: the role that Discord made for the bot, else the bot', () => {
  expect(bearerOf(guild, bot)).toBe('the role ChatOps');
  expect(bearerOf({ ...guild, roles: [] }, bot)).toBe('the bot chatops-bot');
});
