import { afterEach, describe, expect, test } from '@jest/globals';
import { Client, GatewayIntentBits, SlashCommandBuilder } from 'discord.js';
import { WebSocket } from 'ws';
import { type LocalDiscord, startLocalDiscord } from '../../src/playground/local-discord.js';
import { objectOf } from '../../src/playground/wire/json.js';
import { createClient, next, type Stage, startStage } from './bot.js';
import { call } from './raw.js';

describe('a discord.js client', () => {
  let stage: Stage;
  afterEach(() => stage.end());

  async function begin(): Promise<string[]> {
    stage = await startStage();
    const { bot, discord, onInteraction } = stage;
    const command = new SlashCommandBuilder().setName('help').setDescription('Help');
    await bot.application.commands.set([command], discord.guildId);
    onInteraction(async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply('Here');
    });
    const heard: string[] = [];
    bot.on('messageCreate', ({ id }) => heard.push(id));
    return heard;
  }

  test.each([4000, 0])('resumes after a drop with code %d and misses nothing', async (code) => {
    const heard = await begin();
    const { bot, discord } = stage;
    const victor = discord.as('victor');
    const first = victor.say('Before');
    const resumed = next(bot, 'shardResume');
    discord.dropGateway({ code });
    const asked = victor.slash('help');
    const second = victor.say('Meanwhile');
    await resumed;
    const third = victor.say('After');
    await discord.waitFor(() => heard.includes(third.id));
    const reply = await asked.waitForMessage('Here');
    expect(heard.filter((id) => id !== reply.id)).toEqual([first.id, second.id, third.id]);
  });

  test('identifies again when its session is gone', async () => {
    const heard = await begin();
    const { bot, discord } = stage;
    const ready = next(bot, 'shardReady');
    discord.dropGateway({ forget: true });
    const lost = discord.as('victor').say('Lost');
    await ready;
    const after = discord.as('victor').say('After');
    await discord.waitFor(() => heard.includes(after.id));
    expect(heard).not.toContain(lost.id);
    await discord.as('victor').slash('help').waitForMessage('Here');
  });

  test('is refused with a wrong token', async () => {
    stage = await startStage();
    const stranger = createClient(stage.discord);
    await expect(stranger.login('wrong')).rejects.toThrow('invalid token');
    await stranger.destroy();
  });

  test('is refused with privileged intents that the application does not have', async () => {
    stage = await startStage();
    const client = new Client({
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers],
      rest: { api: stage.discord.apiUrl },
    });
    const refused = next(client, 'shardError');
    void client.login(stage.discord.token).catch(() => undefined);
    expect((await refused)[0].message).toBe('Used disallowed intents');
    await client.destroy();
  });

  test('does not read what others write, unless they mention it', async () => {
    stage = await startStage();
    const heard: string[] = [];
    stage.bot.on('messageCreate', ({ content }) => heard.push(content));
    stage.discord.as('victor').say('Private words');
    stage.discord.as('victor').say(`Hello <@${stage.bot.user.id}>`);
    await stage.discord.waitFor(() => heard.length === 2);
    expect(heard).toEqual(['', `Hello <@${stage.bot.user.id}>`]);
  });
});

describe('a raw connection', () => {
  let discord: LocalDiscord;
  afterEach(() => discord.close());

  async function connect(query = 'v=10&encoding=json') {
    const { body } = await call(discord, 'GET', '/gateway/bot');
    const socket = new WebSocket(`${String(body.url)}?${query}`);
    const received: Record<string, unknown>[] = [];
    socket.on('message', (raw) => received.push({ ...objectOf(JSON.parse(String(raw))) }));
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    return { socket, received, closed, send: (value: unknown) => socket.send(JSON.stringify(value)) };
  }
  const identify = (over: object = {}) => ({ op: 2, d: { token: discord.token, intents: 1, ...over } });

  test.each<[string, number, () => unknown]>([
    ['an event before identifying', 4003, () => ({ op: 3, d: {} })],
    ['a wrong token', 4004, () => identify({ token: 'wrong' })],
    ['unknown intents', 4013, () => identify({ intents: 1 << 30 })],
    ['privileged intents', 4014, () => identify({ intents: 1 << 15 })],
    ['more than 4096 bytes', 4002, () => ({ op: 1, d: 'x'.repeat(5000) })],
    ['no object', 4002, () => 'hello'],
  ])('is closed for %s: %d', async (_name, code, payload) => {
    discord = await startLocalDiscord();
    const { send, closed } = await connect();
    send(payload());
    expect(await closed).toBe(code);
  });

  test('is closed for a second identify (4005), an unknown op (4001), and compression (4012)', async () => {
    discord = await startLocalDiscord();
    const twice = await connect();
    twice.send(identify());
    twice.send(identify());
    expect(await twice.closed).toBe(4005);
    const odd = await connect();
    odd.send(identify());
    odd.send({ op: 77 });
    expect(await odd.closed).toBe(4001);
    expect(await (await connect('v=10&encoding=json&compress=zlib-stream')).closed).toBe(4012);
  });

  test('is greeted, answered when it beats, and told of an invalid session', async () => {
    discord = await startLocalDiscord({ heartbeatMs: 1234 });
    const { send, received, socket } = await connect();
    send({ op: 1, d: null });
    send({ op: 6, d: { token: discord.token, session_id: 'unknown', seq: 1 } });
    await discord.waitFor(() => received.length === 3);
    expect(received).toEqual([{ op: 10, d: { heartbeat_interval: 1234 } }, { op: 11 }, { op: 9, d: false }]);
    socket.close();
  });

  test('gets what it missed, with its old numbers, and nothing twice', async () => {
    discord = await startLocalDiscord();
    const first = await connect();
    first.send(identify({ intents: 1 << 9 }));
    await discord.waitFor(() => first.received.length === 2);
    discord.as('victor').say('Heard');
    await discord.waitFor(() => first.received.length === 3);
    first.socket.terminate();
    await first.closed;
    discord.as('victor').say('Missed');
    const second = await connect();
    const session_id = objectOf(first.received[1]?.d).session_id;
    second.send({ op: 6, d: { token: discord.token, session_id, seq: 2 } });
    await discord.waitFor(() => second.received.length === 3);
    expect(second.received.slice(1).map(({ t, s }) => [t, s])).toEqual([
      ['MESSAGE_CREATE', 3],
      ['RESUMED', 4],
    ]);
    second.socket.close();
    const third = await connect();
    third.send({ op: 6, d: { token: discord.token, session_id, seq: 99 } });
    expect(await third.closed).toBe(4007);
  });

  test('gets only the events of its intents', async () => {
    discord = await startLocalDiscord();
    const { send, received, socket } = await connect();
    send(identify({ intents: 1 << 11 }));
    await discord.waitFor(() => received.length > 1);
    discord.as('victor').say('Not for it');
    await call(discord, 'POST', `/channels/${discord.channelId('ops')}/typing`);
    await discord.waitFor(() => received.some(({ t }) => t === 'TYPING_START'));
    expect(received.map(({ t }) => t)).toEqual([undefined, 'READY', 'TYPING_START']);
    socket.close();
  });
});

test('closing ends waits, and the port is free again', async () => {
  const discord = await startLocalDiscord();
  const waiting = discord.waitFor(() => false, { what: 'nothing' });
  const port = Number(new URL(discord.apiUrl).port);
  const [outcome] = await Promise.allSettled([waiting, discord.close()]);
  expect(outcome).toMatchObject({
    status: 'rejected',
    reason: { message: 'Closed while waiting for nothing.' },
  });
  const again = await startLocalDiscord({ port });
  expect(new URL(again.apiUrl).port).toBe(String(port));
  await again.close();
});
