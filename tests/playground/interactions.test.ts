import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { InteractionHandle } from '../../src/playground/driver/interaction-handle.js';
import { textOf } from '../../src/playground/driver/text.js';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import type { Interaction } from '../../src/playground/world/interaction.js';
import { call } from './raw.js';

let discord: LocalDiscord;
let last: Interaction;

async function start(firstAnswerMs: number): Promise<void> {
  discord = await startLocalDiscord({ firstAnswerMs });
  discord.subscribe((event) => {
    if (event.type === 'interaction_create') last = event.interaction;
  });
  const options = [
    { type: 3, name: 'intent', description: 'd', required: true, autocomplete: true },
    { type: 4, name: 'replicas', description: 'd' },
    { type: 3, name: 'mode', description: 'd', choices: [{ name: 'Fast', value: 'fast' }] },
  ];
  const sub = { type: 1, name: 'verify', description: 'd' };
  await call(discord, 'PUT', `/applications/${discord.applicationId}/commands`, [
    { name: 'backup', description: 'd', options },
    { name: 'audit', description: 'd', options: [sub] },
  ]);
}

beforeEach(() => start(60_000));
afterEach(() => discord.close());

const ask = (): InteractionHandle => discord.as('alice').slash('backup', { intent: 'demo' });
const answer = (type: number, data: object = {}, { id, token } = last) =>
  call(discord, 'POST', `/interactions/${id}/${token}/callback`, { type, data });
const hook = (method: string, path: string, body?: object, token = last.token) =>
  call(discord, method, `/webhooks/${discord.applicationId}/${token}${path}`, body);

describe('the first answer', () => {
  test('too late: 10062, and the person sees that it failed', async () => {
    await discord.close();
    await start(50);
    const asked = ask();
    expect(await asked.settled()).toBe('failed');
    const late = await answer(4, { content: 'Late' });
    expect([late.status, late.code]).toEqual([404, 10062]);
    await expect(asked.firstAnswer()).rejects.toThrow('This interaction failed');
    await expect(asked.waitForMessage()).rejects.toThrow('This interaction failed');
    expect(discord.messages('ops')).toEqual([]);
  });

  test('twice: 40060; with a wrong token or id: 10062', async () => {
    ask();
    expect((await answer(4, { content: 'x' }, { ...last, token: 'wrong' })).code).toBe(10062);
    expect((await answer(4, { content: 'x' }, { ...last, id: '1' })).code).toBe(10062);
    expect((await answer(4, { content: 'x' })).status).toBe(204);
    const second = await answer(4, { content: 'y' });
    expect([second.status, second.code]).toEqual([400, 40060]);
  });

  test('one that is refused can be given again', async () => {
    const asked = ask();
    expect((await answer(4, { content: 'x'.repeat(2001) })).code).toBe(50035);
    expect((await answer(4, {})).code).toBe(50006);
    expect(asked.state()).toBe('waiting');
    expect((await answer(4, { content: 'x' })).status).toBe(204);
  });

  test.each([1, 6, 7, 8, 99])('a command can not be answered with type %d: 50035', async (type) => {
    ask();
    expect((await answer(type, { content: 'x' })).code).toBe(50035);
  });

  test('a form can not answer a form, and needs a title: 50035', async () => {
    const input = { type: 4, custom_id: 'why', style: 1, label: 'Why' };
    const form = { custom_id: 'f', title: 'Form', components: [{ type: 1, components: [input] }] };
    const asked = ask();
    expect((await answer(9, { ...form, title: '' })).code).toBe(50035);
    expect((await answer(9, { ...form, components: [] })).code).toBe(50035);
    expect((await answer(9, form)).status).toBe(204);
    discord.as('alice').submitModal(asked, { why: 'x' });
    expect(last.data).toMatchObject({ custom_id: 'f', components: [{ components: [{ value: 'x' }] }] });
    expect((await answer(9, form)).code).toBe(50035);
  });

  test('with_response tells of the message', async () => {
    ask();
    const path = `/interactions/${last.id}/${last.token}/callback?with_response=true`;
    const { body } = await call(discord, 'POST', path, { type: 5, data: { flags: 64 } });
    expect(body).toMatchObject({
      interaction: { response_message_loading: true, response_message_ephemeral: true },
      resource: { type: 5, message: { flags: 64 | 128 } },
    });
  });
});

describe('autocomplete', () => {
  const many = (count: number, name = 'n') => ({ choices: Array(count).fill({ name, value: 'v' }) });
  test.each<[string, number, object]>([
    ['be deferred', 5, {}],
    ['be answered with a message', 4, { content: 'x' }],
    ['get 26 choices', 8, many(26)],
    ['get a name over 100', 8, many(1, 'x'.repeat(101))],
    ['get a value over 100', 8, { choices: [{ name: 'n', value: 'x'.repeat(101) }] }],
    ['get no list', 8, {}],
  ])('can not %s: 50035', async (_name, type, data) => {
    const typing = discord.as('alice').autocomplete('backup', 'intent', '');
    expect((await answer(type, data)).code).toBe(50035);
    expect((await answer(8, many(25))).status).toBe(204);
    expect(await typing).toHaveLength(25);
  });

  test('unanswered, it fails', async () => {
    await discord.close();
    await start(50);
    await expect(discord.as('alice').autocomplete('backup', 'intent', '')).rejects.toThrow('options failed');
  });
});

describe("an interaction's token", () => {
  test('before the first answer and for strangers: 10015', async () => {
    ask();
    expect((await hook('POST', '', { content: 'x' })).code).toBe(10015);
    expect((await hook('POST', '', { content: 'x' }, 'unknown')).code).toBe(10015);
  });

  test('after its life: 50027, for everything', async () => {
    ask();
    await answer(4, { content: 'x' });
    expect((await hook('PATCH', '/messages/@original', { content: 'y' })).status).toBe(200);
    discord.advance(15 * 60_000 + 1);
    for (const [method, path] of [
      ['POST', ''],
      ['PATCH', '/messages/@original'],
      ['GET', '/messages/@original'],
      ['DELETE', '/messages/@original'],
    ] as const) {
      const refused = await hook(
        method,
        path,
        method === 'POST' || method === 'PATCH' ? { content: 'z' } : undefined,
      );
      expect([refused.status, refused.code]).toEqual([401, 50027]);
    }
  });

  test('can be killed at once; the bot’s own token still edits the public message', async () => {
    const asked = ask();
    await answer(4, { content: 'x' });
    discord.expireInteractionTokens();
    expect((await hook('PATCH', '/messages/@original', { content: 'y' })).code).toBe(50027);
    const id = asked.replies()[0]?.id;
    const path = `/channels/${asked.channelId}/messages/${id}`;
    expect((await call(discord, 'PATCH', path, { content: 'z' })).status).toBe(200);
  });

  test('reaches only its own messages', async () => {
    const other = discord.as('alice').say('Not yours');
    const asked = ask();
    await answer(4, { content: 'x' });
    expect((await hook('PATCH', `/messages/${other.id}`, { content: 'y' })).code).toBe(10008);
    const followUp = await hook('POST', '', { content: 'more', flags: 64 });
    const path = `/messages/${String(followUp.body.id)}`;
    expect((await hook('PATCH', path, { content: 'even more', flags: 0 })).body.flags).toBe(64);
    expect(asked.replies().map(textOf)).toEqual(['x', 'even more']);
    expect((await hook('DELETE', '/messages/@original')).status).toBe(204);
    expect((await hook('GET', '/messages/@original')).code).toBe(10008);
  });

  test('an ephemeral message is out of reach of the channel: 10008', async () => {
    const asked = ask();
    await answer(4, { content: 'x', flags: 64 });
    const path = `/channels/${asked.channelId}/messages`;
    const id = asked.replies()[0]?.id;
    expect((await call(discord, 'GET', `${path}/${id}`)).code).toBe(10008);
    expect((await call(discord, 'PATCH', `${path}/${id}`, { content: 'y' })).code).toBe(10008);
    expect((await call(discord, 'DELETE', `${path}/${id}`)).code).toBe(10008);
    expect((await call(discord, 'POST', `${path}/${id}/threads`, { name: 't' })).code).toBe(10008);
    const reply = { content: 'y', message_reference: { message_id: id } };
    expect((await call(discord, 'POST', path, reply)).code).toBe(50035);
    expect(discord.as('bob').visibleMessages()).toEqual([]);
    expect((await hook('GET', '/messages/@original')).status).toBe(200);
  });

  test('needs no rights in the channel', async () => {
    discord.setChannelPermissions('ops', 'bot', { deny: ['SEND_MESSAGES', 'EMBED_LINKS'] });
    ask();
    expect((await answer(4, { embeds: [{ title: 'x' }] })).status).toBe(204);
  });
});

describe("a person's client", () => {
  test('lets nobody use what they do not see', async () => {
    const alice = discord.as('alice');
    ask();
    await answer(4, {
      content: 'x',
      flags: 64,
      components: [
        {
          type: 1,
          components: [
            { type: 2, style: 1, label: 'Confirm it', custom_id: 'c' },
            { type: 2, style: 1, label: 'Off', custom_id: 'o', disabled: true },
            { type: 2, style: 5, label: 'Docs', url: 'https://example.org' },
          ],
        },
      ],
    });
    const [message] = alice.visibleMessages();
    if (!message) throw new Error('no message');
    expect(() => discord.as('bob').press(message, 'Confirm')).toThrow("bob doesn't see");
    expect(() => alice.press(message, 'Off')).toThrow('disabled');
    expect(() => alice.press(message, 'Docs')).toThrow('is a link');
    expect(() => alice.press(message, 'Reject')).toThrow('no "Reject"');
    alice.press(message, 'Confirm');
    expect(last.data).toEqual({ custom_id: 'c', component_type: 2 });
  });

  test('sends only values that an option takes', () => {
    const alice = discord.as('alice');
    expect(() => alice.slash('backup')).toThrow('intent is required');
    expect(() => alice.slash('backup', { intent: 'x', nope: 'y' })).toThrow('no option nope');
    expect(() => alice.slash('backup', { intent: 'x', replicas: 1.5 })).toThrow("can't be 1.5");
    expect(() => alice.slash('backup', { intent: 'x', mode: 'slow' })).toThrow('offers no "slow"');
    expect(() => alice.slash('audit')).toThrow('sub-command');
    alice.slash('audit verify');
    expect(last.data).toMatchObject({ name: 'audit', options: [{ name: 'verify', type: 1 }] });
  });

  test('offers commands by permissions, of the guild and of the channel', async () => {
    const bits = String(1n << 13n);
    await call(discord, 'PUT', `/applications/${discord.applicationId}/commands`, [
      { name: 'all', description: 'd' },
      { name: 'admins', description: 'd', default_member_permissions: '0' },
      { name: 'managers', description: 'd', default_member_permissions: bits },
    ]);
    expect(discord.as('alice').commands()).toEqual(['all', 'admins', 'managers']);
    expect(discord.as('olga').commands()).toEqual(['all', 'managers']);
    expect(discord.as('victor').commands()).toEqual(['all']);
    discord.setMemberRoles('victor', ['Admin']);
    expect(discord.as('victor').commands()).toEqual(['all', 'admins', 'managers']);
    discord.setMemberRoles('victor', ['Viewer']);
    discord.setChannelPermissions('ops', 'Viewer', { deny: ['USE_APPLICATION_COMMANDS'] });
    expect(discord.as('victor').commands()).toEqual([]);
    expect(discord.as('victor').commands({ channel: 'alerts' })).toEqual(['all']);
  });

  test('shows no channel that it may not see', () => {
    discord.as('alice').say('Hello');
    expect(discord.as('nobody').visibleMessages().map(textOf)).toEqual(['Hello']);
    discord.setChannelPermissions('ops', '@everyone', { deny: ['VIEW_CHANNEL'] });
    expect(discord.as('nobody').visibleMessages()).toEqual([]);
    expect(discord.as('alice').visibleMessages()).toHaveLength(1);
  });
});
