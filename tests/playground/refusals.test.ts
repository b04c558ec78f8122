import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import { objectOf } from '../../src/playground/wire/json.js';
import { call } from './raw.js';

let discord: LocalDiscord;
let ops: string;

beforeEach(async () => {
  const plenty = { limit: 1000, windowMs: 1000 };
  discord = await startLocalDiscord({
    rateLimits: { messages: plenty, webhooks: plenty, global: plenty },
    firstAnswerMs: 60_000,
  });
  ops = discord.channelId('ops');
});

afterEach(() => discord.close());

const UNKNOWN_ID = '1000000000000000000';
const x = (count: number) => 'x'.repeat(count);
const button = (over: object = {}) => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...over });
const rows = (...rowsOfButtons: object[][]) => ({
  content: 'x',
  components: rowsOfButtons.map((components) => ({ type: 1, components })),
});
const embed = (...embeds: object[]) => ({ embeds });
const v2 = (...components: object[]) => ({ flags: 1 << 15, components });
const select = (over: object) => ({
  content: 'x',
  components: [
    { type: 1, components: [{ type: 3, custom_id: 's', options: [{ label: 'a', value: 'a' }], ...over }] },
  ],
});

/** Where in `errors` the first problem lies, and its code. */
function problem(errors: unknown, path: string[] = []): string | null {
  if (typeof errors !== 'object' || errors === null) return null;
  for (const [key, value] of Object.entries(errors)) {
    if (key === '_errors' && Array.isArray(value)) return `${path.join('.')} ${value[0].code}`.trim();
    const found = problem(value, [...path, key]);
    if (found) return found;
  }
  return null;
}

describe('messages that Discord refuses as an invalid form (50035)', () => {
  const cases: [string, object, string][] = [
    ['content over 2000', { content: x(2001) }, 'content BASE_TYPE_MAX_LENGTH'],
    ['an embed title over 256', embed({ title: x(257) }), 'embeds.0.title BASE_TYPE_MAX_LENGTH'],
    ['a description over 4096', embed({ description: x(4097) }), 'embeds.0.description BASE_TYPE_MAX_LENGTH'],
    [
      'more than 25 fields',
      embed({ fields: Array(26).fill({ name: 'n', value: 'v' }) }),
      'embeds.0.fields BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a field name over 256',
      embed({ fields: [{ name: x(257), value: 'v' }] }),
      'embeds.0.fields.0.name BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a field value over 1024',
      embed({ fields: [{ name: 'n', value: x(1025) }] }),
      'embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH',
    ],
    [
      'an empty field value',
      embed({ fields: [{ name: 'n', value: '' }] }),
      'embeds.0.fields.0.value BASE_TYPE_REQUIRED',
    ],
    ['a footer over 2048', embed({ footer: { text: x(2049) } }), 'embeds.0.footer.text BASE_TYPE_MAX_LENGTH'],
    [
      'embeds over 6000 together',
      embed({ description: x(3000) }, { description: x(3001) }),
      'embeds.1 MAX_EMBED_SIZE_EXCEEDED',
    ],
    ['11 embeds', embed(...Array(11).fill({ title: 't' })), 'embeds BASE_TYPE_MAX_LENGTH'],
    ['a colour that is none', embed({ title: 't', color: 0x1000000 }), 'embeds.0.color NUMBER_TYPE_MAX'],
    [
      '6 rows',
      rows(...Array.from({ length: 6 }, (_, i) => [button({ custom_id: `${i}` })])),
      'components BASE_TYPE_MAX_LENGTH',
    ],
    [
      '6 buttons in a row',
      rows(Array.from({ length: 6 }, (_, i) => button({ custom_id: `${i}` }))),
      'components.0.components BASE_TYPE_BAD_LENGTH',
    ],
    ['an empty row', rows([]), 'components.0.components BASE_TYPE_BAD_LENGTH'],
    [
      'a label over 80',
      rows([button({ label: x(81) })]),
      'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a custom id over 100',
      rows([button({ custom_id: x(101) })]),
      'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a button without custom id',
      rows([button({ custom_id: undefined })]),
      'components.0.components.0.custom_id BASE_TYPE_REQUIRED',
    ],
    [
      'a custom id twice',
      rows([button()], [button()]),
      'components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a select beside a button',
      {
        content: 'x',
        components: [{ type: 1, components: [button(), { type: 5, custom_id: 'who' }] }],
      },
      'components.0.components BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a select without options',
      select({ options: [] }),
      'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a select value twice',
      select({
        options: [
          { label: 'a', value: 'a' },
          { label: 'b', value: 'a' },
        ],
      }),
      'components.0.components.0.options.1 SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
    ],
    [
      'new components without their flag',
      { content: 'x', components: [{ type: 10, content: 'x' }] },
      'components.0.type BASE_TYPE_CHOICES',
    ],
    [
      'content beside the new components',
      { ...v2({ type: 10, content: 'x' }), content: 'x' },
      'content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      'over 4000 characters in the new components',
      v2({ type: 10, content: x(2001) }, { type: 17, components: [{ type: 10, content: x(2000) }] }),
      'components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
    ],
    [
      'more than 40 of the new components',
      v2({ type: 17, components: Array(40).fill({ type: 10, content: 'x' }) }),
      'components BASE_TYPE_MAX_LENGTH',
    ],
    [
      'a file component without its file',
      v2({ type: 13, file: { url: 'attachment://a.log' } }),
      'components.0.file.url UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
    ],
    [
      'allowed mentions that contradict each other',
      { content: 'x', allowed_mentions: { parse: ['users'], users: [UNKNOWN_ID] } },
      'allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [
      'a reply to nothing',
      { content: 'x', message_reference: { message_id: UNKNOWN_ID } },
      'message_reference REPLIES_UNKNOWN_MESSAGE',
    ],
    [
      'an attachment that is not there',
      { content: 'x', attachments: [{ id: '7' }] },
      'attachments.0 ATTACHMENT_NOT_FOUND',
    ],
    ['an ephemeral message that answers nobody', { content: 'x', flags: 64 }, 'flags MESSAGE_FLAGS_INVALID'],
    ['a nonce over 25', { content: 'x', nonce: x(26) }, 'nonce BASE_TYPE_MAX_LENGTH'],
  ];

  test.each(cases)('%s', async (_name, body, expected) => {
    const answer = await call(discord, 'POST', `/channels/${ops}/messages`, body);
    expect([answer.status, answer.code, answer.body.message]).toEqual([400, 50035, 'Invalid Form Body']);
    expect(problem(answer.body.errors)).toBe(expected);
    expect(discord.messages('ops')).toEqual([]);
  });

  test('what is just within the limits is taken', async () => {
    const five = Array.from({ length: 5 }, (_, i) => button({ custom_id: `${x(99)}${i}`, label: x(80) }));
    const body = {
      content: x(2000),
      embeds: [{ title: x(256), description: x(4096), fields: [{ name: x(256), value: x(1024) }] }],
      components: [{ type: 1, components: five }],
    };
    expect((await call(discord, 'POST', `/channels/${ops}/messages`, body)).status).toBe(200);
    const shown = v2({ type: 10, content: x(4000) });
    expect((await call(discord, 'POST', `/channels/${ops}/messages`, shown)).status).toBe(200);
  });
});

describe('commands that Discord refuses', () => {
  const command = (over: object) => [{ name: 'backup', description: 'Back up', ...over }];
  const option = (over: object) =>
    command({ options: [{ type: 3, name: 'intent', description: 'd', ...over }] });
  const named = (name: string, required: boolean) => ({ type: 3, name, description: 'd', required });
  test.each<[string, unknown, string]>([
    ['capitals in a name', command({ name: 'Backup' }), '0.name APPLICATION_COMMAND_INVALID_NAME'],
    ['a space in a name', command({ name: 'back up' }), '0.name APPLICATION_COMMAND_INVALID_NAME'],
    ['a name over 32', command({ name: x(33) }), '0.name BASE_TYPE_BAD_LENGTH'],
    ['no description', command({ description: '' }), '0.description BASE_TYPE_REQUIRED'],
    ['a description over 100', command({ description: x(101) }), '0.description BASE_TYPE_BAD_LENGTH'],
    ['a name twice', [...command({}), ...command({})], '1 APPLICATION_COMMANDS_DUPLICATE_NAME'],
    [
      'more than 25 options',
      command({ options: Array.from({ length: 26 }, (_, i) => named(`o${i}`, false)) }),
      '0.options BASE_TYPE_MAX_LENGTH',
    ],
    ['an option without type', option({ type: undefined }), '0.options.0.type BASE_TYPE_REQUIRED'],
    [
      'a required option behind another',
      command({ options: [named('a', false), named('b', true)] }),
      '0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
    ],
    [
      'an option twice',
      command({ options: [named('a', false), named('a', false)] }),
      '0.options.1 APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
    ],
    [
      'more than 25 choices',
      option({ choices: Array(26).fill({ name: 'a', value: 'a' }) }),
      '0.options.0.choices BASE_TYPE_MAX_LENGTH',
    ],
    [
      'more than 8000 characters',
      command({
        options: [option({})[0], named('b', false)].map((_, i) => ({
          ...named(`o${i}`, false),
          choices: Array.from({ length: 25 }, (__, n) => ({ name: `${n}${x(90)}`, value: `${n}${x(90)}` })),
        })),
      }),
      '0 APPLICATION_COMMAND_TOO_LARGE',
    ],
  ])('%s', async (_name, body, expected) => {
    const answer = await call(discord, 'PUT', `/applications/${discord.applicationId}/commands`, body);
    expect([answer.status, answer.code]).toEqual([400, 50035]);
    expect(problem(answer.body.errors)).toBe(expected);
    expect(discord.as('alice').commands()).toEqual([]);
  });

  test('more than 100 commands', async () => {
    const body = Array.from({ length: 101 }, (_, i) => ({ name: `c${i}`, description: 'd' }));
    const answer = await call(discord, 'PUT', `/applications/${discord.applicationId}/commands`, body);
    expect(answer.code).toBe(30032);
  });
});

describe('other refusals', () => {
  const send = (body: object, channel = ops) => call(discord, 'POST', `/channels/${channel}/messages`, body);
  const at = (id: unknown) => `/channels/${ops}/messages/${String(id)}`;

  test('a wrong token: 401', async () => {
    const response = await fetch(`${discord.apiUrl}/v10/users/@me`, {
      headers: { authorization: 'Bot wrong' },
    });
    expect([response.status, await response.json()]).toEqual([
      401,
      { message: '401: Unauthorized', code: 0 },
    ]);
  });

  test('an unknown route: 404, and a violation', async () => {
    expect((await call(discord, 'GET', '/guilds/1/bans')).status).toBe(404);
    expect(discord.violations).toMatchObject([{ method: 'GET', path: '/guilds/1/bans' }]);
  });

  test('another API version: 50041', async () => {
    const response = await fetch(`${discord.apiUrl}/v9/gateway`);
    expect(await response.json()).toMatchObject({ code: 50041 });
  });

  test('broken JSON: 50109', async () => {
    expect((await call(discord, 'POST', `/channels/${ops}/messages`, '{"content": ')).code).toBe(50109);
  });

  test.each<[string, object]>([
    ['nothing', {}],
    ['spaces', { content: '  \n ' }],
    ['an empty embed', { embeds: [{}] }],
    ['buttons alone', { components: [{ type: 1, components: [button()] }] }],
  ])('an empty message (%s): 50006', async (_name, body) => {
    const answer = await send(body);
    expect([answer.status, answer.code]).toEqual([400, 50006]);
  });

  test('an edit that leaves nothing: 50006', async () => {
    const { body } = await send({ content: 'x' });
    expect((await call(discord, 'PATCH', at(body.id), { content: '' })).code).toBe(50006);
    expect(discord.message(String(body.id))?.content).toBe('x');
  });

  test('an unknown channel: 10003, an unknown message: 10008, an unknown member: 10007', async () => {
    expect((await send({ content: 'x' }, UNKNOWN_ID)).code).toBe(10003);
    expect((await call(discord, 'GET', at(UNKNOWN_ID))).code).toBe(10008);
    expect((await call(discord, 'PATCH', at(UNKNOWN_ID), { content: 'x' })).code).toBe(10008);
    expect((await call(discord, 'GET', `/guilds/${discord.guildId}/members/${UNKNOWN_ID}`)).code).toBe(10007);
  });

  test('a list of more than 100 messages, or before nonsense: 50035', async () => {
    const list = (query: string) => call(discord, 'GET', `/channels/${ops}/messages?${query}`);
    expect((await list('limit=101')).code).toBe(50035);
    expect((await list('before=yesterday')).code).toBe(50035);
    const [first, second, third] = ['1', '2', '3'].map((text) => discord.as('victor').say(text));
    const ids = async (query: string) =>
      Object.values((await list(query)).body).map((entry) => objectOf(entry).id);
    expect(await ids('limit=2')).toEqual([third?.id, second?.id]);
    expect(await ids(`limit=1&before=${third?.id}`)).toEqual([second?.id]);
    expect(await ids(`limit=1&after=${first?.id}`)).toEqual([second?.id]);
  });

  test("somebody else's message: 50005 to edit, 50013 to delete", async () => {
    const { id } = discord.as('victor').say('Mine');
    expect((await call(discord, 'PATCH', at(id), { content: 'x' })).code).toBe(50005);
    expect((await call(discord, 'DELETE', at(id))).code).toBe(50013);
    discord.setChannelPermissions('ops', 'bot', { allow: ['MANAGE_MESSAGES'] });
    expect((await call(discord, 'DELETE', at(id))).status).toBe(204);
  });

  test('a file over 10 MiB: 40005; one of 10 MiB is taken', async () => {
    const upload = (size: number) =>
      call(discord, 'POST', `/channels/${ops}/messages`, { content: 'x' }, [
        { name: 'big.log', data: new Uint8Array(size) },
      ]);
    const refused = await upload(10 * 1024 * 1024 + 1);
    expect([refused.status, refused.code]).toEqual([413, 40005]);
    expect((await upload(10 * 1024 * 1024)).status).toBe(200);
  });

  test.each<[string, 'VIEW_CHANNEL' | 'SEND_MESSAGES' | 'EMBED_LINKS', object, number]>([
    ['a channel that it cannot see: 50001', 'VIEW_CHANNEL', { content: 'x' }, 50001],
    ['a channel in which it cannot write: 50013', 'SEND_MESSAGES', { content: 'x' }, 50013],
    ['an embed that it may not send: 50013', 'EMBED_LINKS', { embeds: [{ title: 't' }] }, 50013],
  ])('%s', async (_name, denied, body, code) => {
    discord.setChannelPermissions('ops', 'bot', { deny: [denied] });
    const answer = await send(body);
    expect([answer.status, answer.code]).toEqual([403, code]);
    expect((await send(body, discord.channelId('alerts'))).status).toBe(200);
  });

  test('a file that it may not attach, a thread that it may not open: 50013', async () => {
    discord.setChannelPermissions('ops', 'bot', { deny: ['ATTACH_FILES', 'CREATE_PUBLIC_THREADS'] });
    const file = { name: 'a.log', data: new Uint8Array(3) };
    expect((await call(discord, 'POST', `/channels/${ops}/messages`, { content: 'x' }, [file])).code).toBe(
      50013,
    );
    const { body } = await send({ content: 'x' });
    expect((await call(discord, 'POST', `${at(body.id)}/threads`, { name: 't' })).code).toBe(50013);
  });

  test('a reply without the right to read the history: 160002', async () => {
    const { id } = discord.as('victor').say('Mine');
    discord.setChannelPermissions('ops', 'bot', { deny: ['READ_MESSAGE_HISTORY'] });
    expect((await send({ content: 'x', message_reference: { message_id: id } })).code).toBe(160002);
  });

  test('a second thread on a message: 160004; a locked one: 50083', async () => {
    const { body } = await send({ content: 'x' });
    const first = await call(discord, 'POST', `${at(body.id)}/threads`, { name: 't' });
    expect(first.status).toBe(201);
    expect((await call(discord, 'POST', `${at(body.id)}/threads`, { name: 't' })).code).toBe(160004);
    await call(discord, 'PATCH', `/channels/${String(body.id)}`, { archived: true, locked: true });
    expect((await send({ content: 'x' }, String(body.id))).code).toBe(50083);
  });

  test('many edits of a message over an hour old: 30046, with the time to wait', async () => {
    const { body } = await send({ content: 'x' });
    const edit = () => call(discord, 'PATCH', at(body.id), { content: 'y' });
    for (let i = 0; i < 10; i += 1) expect((await edit()).status).toBe(200);
    discord.advance(61 * 60_000);
    for (let i = 0; i < 3; i += 1) expect((await edit()).status).toBe(200);
    const refused = await edit();
    expect([refused.status, refused.code]).toEqual([429, 30046]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    discord.advance(60_000);
    expect((await edit()).status).toBe(200);
  });
});
