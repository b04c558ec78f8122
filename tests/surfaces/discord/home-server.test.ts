import { expect, test } from '@jest/globals';
import { type BaseInteraction, PermissionFlagsBits, PermissionsBitField } from 'discord.js';
import { actorOf } from '../../../src/surfaces/discord/interaction.js';

function interactionIn(guildId: string, servers: number): BaseInteraction {
  const interaction = {
    user: { id: '1', username: 'eve' },
    member: null,
    guildId,
    memberPermissions: new PermissionsBitField(PermissionFlagsBits.Administrator),
    client: { guilds: { cache: { size: servers } } },
  };
  return interaction as unknown as BaseInteraction;
}

test.each([
  ['of the configured server', '10', 2, '10', true],
  ['of another server than the configured one', '20', 2, '10', false],
  ['of the only server, with none configured', '10', 1, null, true],
  ['of one of several servers, with none configured', '10', 2, null, false],
])('an administrator %s', (_, guildId, servers, home, counts) => {
  expect(actorOf(interactionIn(guildId, servers), home).administrator).toBe(counts);
});
