import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import { call } from './raw.js';

let discord: LocalDiscord;
beforeEach(async () => {
  discord = await startLocalDiscord({ rateLimits: { messages: { limit: 100, windowMs: 1000 } } });
});
afterEach(() => discord.close());

const send = async (body: object) => {
  const answer = await call(discord, 'POST', `/channels/${discord.channelId('ops')}/messages`, body);
  return String(answer.body.id);
};
const pings = (id: string) => discord.message(id)?.pings;
const NOBODY = { everyone: false, roles: [], users: [] };

/** A text that mentions alice, bob, the mentionable Operator, the Viewer, and everyone. */
function loud(): string {
  const roles = ['Operator', 'Viewer'].map((name) => `<@&${discord.roleId(name)}>`);
  return `<@${discord.userId('alice')}> <@!${discord.userId('bob')}> ${roles.join(' ')} @everyone`;
}

test('without allowed_mentions everybody is pinged whom the bot may ping', async () => {
  const [alice, bob] = [discord.userId('alice'), discord.userId('bob')];
  const [operator, viewer] = [discord.roleId('Operator'), discord.roleId('Viewer')];
  const quiet = await send({ content: loud() });
  expect(pings(quiet)).toEqual({ everyone: false, roles: [operator], users: [alice, bob] });
  discord.setChannelPermissions('ops', 'bot', { allow: ['MENTION_EVERYONE'] });
  const id = await send({ content: loud() });
  expect(pings(id)).toEqual({ everyone: true, roles: [operator, viewer], users: [alice, bob] });
});

test('allowed_mentions names who is pinged, and nobody else is', async () => {
  discord.setChannelPermissions('ops', 'bot', { allow: ['MENTION_EVERYONE'] });
  const bob = discord.userId('bob');
  expect(pings(await send({ content: loud(), allowed_mentions: { parse: [] } }))).toEqual(NOBODY);
  const one = await send({ content: loud(), allowed_mentions: { parse: [], users: [bob] } });
  expect(pings(one)).toEqual({ ...NOBODY, users: [bob] });
  expect(discord.message(one)?.mentions.map(({ username }) => username)).toEqual(['bob']);
  const all = await send({ content: loud(), allowed_mentions: { parse: ['everyone'] } });
  expect(pings(all)).toEqual({ ...NOBODY, everyone: true });
});

test('a reply pings its author unless told not to', async () => {
  const { id } = discord.as('victor').say('Question');
  const reply = { content: 'x', message_reference: { message_id: id } };
  const victor = { ...NOBODY, users: [discord.userId('victor')] };
  expect(pings(await send(reply))).toEqual(victor);
  expect(pings(await send({ ...reply, allowed_mentions: { parse: [] } }))).toEqual(NOBODY);
  const loudReply = { ...reply, allowed_mentions: { parse: [], replied_user: true } };
  expect(pings(await send(loudReply))).toEqual(victor);
});

test('the new components ping, embeds and edits do not', async () => {
  const text = `<@${discord.userId('alice')}>`;
  const components = [{ type: 17, components: [{ type: 10, content: text }] }];
  expect(pings(await send({ flags: 1 << 15, components }))?.users).toHaveLength(1);
  expect(pings(await send({ embeds: [{ description: text }] }))).toEqual(NOBODY);
  const id = await send({ content: 'x' });
  await call(discord, 'PATCH', `/channels/${discord.channelId('ops')}/messages/${id}`, { content: text });
  expect(pings(id)).toEqual(NOBODY);
});

test('an enforced nonce makes one message of two', async () => {
  const first = await send({ content: 'x', nonce: 'r-1', enforce_nonce: true });
  expect(await send({ content: 'x', nonce: 'r-1', enforce_nonce: true })).toBe(first);
  expect(await send({ content: 'x', nonce: 'r-1' })).not.toBe(first);
  discord.advance(10 * 60_000);
  expect(await send({ content: 'x', nonce: 'r-1', enforce_nonce: true })).not.toBe(first);
});
