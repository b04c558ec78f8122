import { describe, expect, test } from '@jest/globals';
import { type BaseInteraction, PermissionFlagsBits, PermissionsBitField } from 'discord.js';
import { actorOf } from '../../../src/surfaces/discord/actor.js';

const HOME = '100000000000000010';
const OTHER = '100000000000000020';
const OPS = '200000000000000001';
const GONE = '200000000000000002';

/** An interaction as discord.js hands it over; `roles` are the member's, `known` the server's as they are now. */
function interactionIn(
  guildId: string | null,
  servers: readonly string[],
  more: { roles?: readonly string[]; known?: ReadonlyMap<string, string>; channel?: object } = {},
): BaseInteraction {
  const known = [...(more.known ?? [])].map(([id, name]) => [id, { id, name }] as const);
  const interaction = {
    user: { id: '1', username: 'eve' },
    member: { roles: more.roles ?? [] },
    guild: { roles: { cache: new Map(known) } },
    channel: more.channel ?? null,
    guildId,
    memberPermissions: new PermissionsBitField(PermissionFlagsBits.Administrator),
    client: { guilds: { cache: new Map(servers.map((id) => [id, {}])) } },
  };
  return interaction as unknown as BaseInteraction;
}

test.each([
  ['of the configured server', HOME, [HOME, OTHER], HOME, true],
  ['of another server than the configured one', OTHER, [HOME, OTHER], HOME, false],
  ['of the only server, with none configured', HOME, [HOME], null, true],
  ['of one of several servers, with none configured', HOME, [HOME, OTHER], null, false],
  ['of a server that the bot is not in, with none configured', OTHER, [HOME], null, false],
  ['in a direct message', null, [HOME], null, false],
])('an administrator %s', (_, guildId, servers, home, counts) => {
  const actor = actorOf(interactionIn(guildId, servers), home);
  expect([actor.administrator, actor.atHome]).toEqual([counts, counts]);
});

describe('roles and channels of the moment', () => {
  const known = new Map([[OPS, 'Operator']]);

  test('roles come with their ids and their names of now; a deleted one has no name', () => {
    const actor = actorOf(interactionIn(HOME, [HOME], { roles: [OPS, GONE], known }), HOME);
    expect(actor.roleIds).toEqual([OPS, GONE, HOME]);
    expect(actor.roleNames).toEqual(['Operator']);
    const renamed = new Map([[OPS, 'Crew']]);
    expect(actorOf(interactionIn(HOME, [HOME], { roles: [OPS], known: renamed }), HOME).roleNames).toEqual([
      'Crew',
    ]);
  });

  test('roles of another server are nothing here, whatever they are called', () => {
    const actor = actorOf(interactionIn(OTHER, [HOME, OTHER], { roles: [OPS], known }), HOME);
    expect([actor.roleIds, actor.roleNames]).toEqual([[], []]);
  });

  test('a thread counts as the channel that it belongs to, not as its own name', () => {
    const ops = { id: '300000000000000001', name: 'ops', isThread: () => false };
    const thread = { id: '300000000000000002', name: 'admin', isThread: () => true, parent: ops };
    const place = { id: ops.id, name: 'ops' };
    expect(actorOf(interactionIn(HOME, [HOME], { channel: ops }), HOME).channel).toEqual(place);
    expect(actorOf(interactionIn(HOME, [HOME], { channel: thread }), HOME).channel).toEqual(place);
    const orphan = { ...thread, parent: null };
    expect(actorOf(interactionIn(HOME, [HOME], { channel: orphan }), HOME).channel).toBeUndefined();
  });
});
