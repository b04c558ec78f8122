import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ButtonBuilder,
  ButtonStyle,
  MessageFlags,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { call } from '../raw.js';
import { openPage, type PageClient, type PageStage, startPageStage } from './stage.js';

let stage: PageStage;
let page: PageClient;
let ops: string;

beforeAll(async () => {
  stage = await startPageStage();
  ops = stage.discord.channelId('ops');
  await stage.bot.application.commands.set(
    [
      {
        name: 'echo',
        description: 'Says it again',
        options: [
          {
            name: 'text',
            description: 'What',
            type: ApplicationCommandOptionType.String,
            required: true,
            autocomplete: true,
          },
        ],
      },
      { name: 'secret', description: 'For administrators', defaultMemberPermissions: 0n },
    ],
    stage.discord.guildId,
  );
});

afterAll(() => stage.end());

beforeEach(async () => {
  page = await openPage(stage);
  page.send({ type: 'act_as', memberId: stage.discord.userId('alice') });
  await page.next('scene', ({ actingAs }) => actingAs === stage.discord.userId('alice'));
});

afterEach(() => page.close());

/** What alice sees on a page that she opens now. */
async function aliceAnew() {
  const again = await openPage(stage);
  again.send({ type: 'act_as', memberId: stage.discord.userId('alice') });
  const scene = await again.next('scene', ({ actingAs }) => actingAs === stage.discord.userId('alice'));
  again.close();
  return scene.messages;
}

const buttons = (...ids: string[]) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    ids.map((id) => new ButtonBuilder({ customId: id, label: id, style: ButtonStyle.Secondary })),
  );

describe('what the page is told', () => {
  test('the guild, the members to act as, and what the member sees', async () => {
    const welcome = await page.next('welcome');
    expect(welcome.guild.name).toBe('Home lab');
    expect(welcome.members.map(({ name }) => name)).toEqual(['alice', 'bob', 'olga', 'victor', 'nobody']);
    expect(welcome.botConnected).toBe(true);
    const scene = await page.next('scene', ({ actingAs }) => actingAs === stage.discord.userId('alice'));
    expect(scene.channels.map(({ name }) => name)).toEqual(expect.arrayContaining(['ops', 'alerts']));
    expect(scene.commands[ops]?.map(({ name }) => name)).toEqual(['echo', 'secret']);
  });

  test('a member without rights is offered less, and a channel that is closed to them disappears', async () => {
    const victor = stage.discord.userId('victor');
    stage.discord.setChannelPermissions('alerts', 'victor', { deny: ['VIEW_CHANNEL'] });
    page.send({ type: 'act_as', memberId: victor });
    const scene = await page.next('scene', ({ actingAs }) => actingAs === victor);
    expect(scene.commands[ops]?.map(({ name }) => name)).toEqual(['echo']);
    expect(scene.channels.map(({ name }) => name)).not.toContain('alerts');
    stage.discord.setChannelPermissions('alerts', 'victor', {});
  });

  test('nobody can act as the bot, the owner, or somebody who is not there', async () => {
    for (const memberId of [stage.discord.userId('bot'), stage.discord.userId('owner'), '1']) {
      page.send({ type: 'act_as', memberId });
    }
    page.send({ type: 'say', ref: 'who', channelId: ops, content: 'who am I' });
    const { message } = await page.next('message', (told) => told.message.content === 'who am I');
    expect(message.author.username).toBe('alice');
  });

  test('a thread that the bot opens over REST, and what is written in it', async () => {
    const sent = await call(stage.discord, 'POST', `/channels/${ops}/messages`, { content: 'it failed' });
    const thread = await call(stage.discord, 'POST', `/channels/${ops}/messages/${sent.body.id}/threads`, {
      name: 'What happened',
    });
    await call(stage.discord, 'POST', `/channels/${thread.body.id}/messages`, { content: 'attempt 1' });
    const { channel } = await page.next('channel', (told) => told.channel.id === thread.body.id);
    expect(channel).toMatchObject({ name: 'What happened', parent_id: ops });
    const { message } = await page.next('message', (told) => told.message.content === 'attempt 1');
    expect(message.channel_id).toBe(thread.body.id);
    const starter = await page.next('message', (told) => told.message.thread?.id === thread.body.id);
    expect(starter.message.content).toBe('it failed');
    page.send({ type: 'say', ref: 't', channelId: String(thread.body.id), content: 'on it' });
    const own = await page.next('message', (told) => told.message.content === 'on it');
    expect(own.message.channel_id).toBe(thread.body.id);
  });
});

describe('what people do', () => {
  test('autocomplete, a command, its answer in time, and the trace of it', async () => {
    stage.onInteraction(async (interaction) => {
      if (interaction.isAutocomplete()) await interaction.respond([{ name: 'Choice', value: 'choice' }]);
      if (interaction.isChatInputCommand())
        await interaction.reply(interaction.options.getString('text', true));
    });
    const place = { channelId: ops, command: 'echo' };
    page.send({ type: 'autocomplete', ref: 'a', ...place, option: 'text', typed: 'ch', options: {} });
    expect((await page.next('deed', ({ ref, choices }) => ref === 'a' && choices !== null)).choices).toEqual([
      { name: 'Choice', value: 'choice' },
    ]);
    page.send({ type: 'slash', ref: 'b', ...place, options: { text: 'choice' } });
    const answered = await page.next('deed', ({ ref, state }) => ref === 'b' && state === 'answered');
    expect(answered.ms).toEqual(expect.any(Number));
    const { message } = await page.next('message', (told) => told.message.content === 'choice');
    expect(message).toMatchObject({ command: 'echo', isPrivate: false });
    const { entry } = await page.next('trace', (told) => told.entry.title.includes('/callback'));
    expect(entry.title).toMatch(/^POST \/interactions\/\d+\/…\/callback$/);
    await page.next('trace', (told) => told.entry.title === 'INTERACTION_CREATE (command)');
  });

  test('buttons, selects and forms', async () => {
    stage.onInteraction(async (interaction) => {
      if (interaction.isButton()) {
        const input = new TextInputBuilder({ customId: 'why', label: 'Why', style: TextInputStyle.Short });
        const row = new ActionRowBuilder<TextInputBuilder>().addComponents(input);
        await interaction.showModal(new ModalBuilder({ customId: 'form', title: 'Why' }).addComponents(row));
      }
      if (interaction.isModalSubmit()) {
        await interaction.reply(`because ${interaction.fields.getTextInputValue('why')}`);
      }
      if (interaction.isStringSelectMenu()) await interaction.reply(`chose ${interaction.values.join(' ')}`);
    });
    const channel = await stage.bot.channels.fetch(ops);
    if (!channel?.isSendable()) throw new Error('#ops takes no messages');
    const menu = new StringSelectMenuBuilder({ customId: 'menu' }).addOptions({ label: 'One', value: '1' });
    const sent = await channel.send({
      content: 'choose',
      components: [buttons('ask'), new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu)],
    });

    page.send({ type: 'press', ref: 'p', messageId: sent.id, customId: 'ask' });
    const form = await page.next('deed', ({ ref, modal }) => ref === 'p' && modal !== null);
    expect(form.modal?.title).toBe('Why');
    page.send({ type: 'submit', ref: 'f', from: 'p', values: { why: 'I can' } });
    await page.next('message', (told) => told.message.content === 'because I can');
    page.send({ type: 'select', ref: 's', messageId: sent.id, customId: 'menu', values: ['1'] });
    await page.next('message', (told) => told.message.content === 'chose 1');

    page.send({ type: 'press', ref: 'x', messageId: sent.id, customId: 'nothing' });
    expect((await page.next('problem', ({ ref }) => ref === 'x')).text).toMatch(/no "nothing"/);
    page.send({ type: 'submit', ref: 'y', from: 'never', values: {} });
    expect((await page.next('problem', ({ ref }) => ref === 'y')).text).toBe('This form is gone.');
  });

  test('a private answer reaches its reader only, and is gone once dismissed', async () => {
    stage.onInteraction(async (interaction) => {
      if (interaction.isRepliable())
        await interaction.reply({ content: 'psst', flags: MessageFlags.Ephemeral });
    });
    const other = await openPage(stage);
    other.send({ type: 'act_as', memberId: stage.discord.userId('bob') });
    await other.next('scene', ({ actingAs }) => actingAs === stage.discord.userId('bob'));
    page.send({ type: 'slash', ref: 'e', channelId: ops, command: 'echo', options: { text: 'x' } });
    const { message } = await page.next('message', (told) => told.message.content === 'psst');
    expect(message.isPrivate).toBe(true);
    other.send({ type: 'dismiss', messageId: message.id });
    page.send({ type: 'say', ref: 'after', channelId: ops, content: 'after it' });
    await other.next('message', (told) => told.message.content === 'after it');
    expect(JSON.stringify(other.told)).not.toContain('psst');
    expect(JSON.stringify(await aliceAnew())).toContain('psst');
    page.send({ type: 'dismiss', messageId: message.id });
    await page.next('gone', ({ id }) => id === message.id);
    expect(JSON.stringify(await aliceAnew())).not.toContain('psst');
    other.close();
  });

  test('an answer that never comes is a failure', async () => {
    stage.onInteraction(async () => undefined);
    page.send({ type: 'slash', ref: 'n', channelId: ops, command: 'echo', options: { text: 'x' } });
    await page.next('deed', ({ ref, state }) => ref === 'n' && state === 'failed');
  });
});

describe('what goes wrong on purpose', () => {
  test('a slow network is told to every page, and slows the bot', async () => {
    const other = await openPage(stage);
    page.send({ type: 'latency', ms: 60 });
    await other.next('latency', ({ ms }) => ms === 60);
    await call(stage.discord, 'GET', '/users/@me');
    expect(stage.discord.requests.at(-1)?.ms).toBeGreaterThanOrEqual(50);
    page.send({ type: 'latency', ms: 0 });
    await other.next('latency', ({ ms }) => ms === 0);
    other.close();
  });

  test('429s and 500s hit messages; a drop makes the bot come back; tokens die', async () => {
    const write = () => call(stage.discord, 'POST', `/channels/${ops}/messages`, { content: 'x' });
    page.send({ type: 'trouble', kind: 'too_many_requests' });
    page.send({ type: 'say', ref: 'd1', channelId: ops, content: 'done 1' });
    await page.next('message', (told) => told.message.content === 'done 1');
    expect((await write()).status).toBe(429);
    stage.discord.clearFaults();
    page.send({ type: 'trouble', kind: 'server_errors' });
    page.send({ type: 'say', ref: 'd2', channelId: ops, content: 'done 2' });
    await page.next('message', (told) => told.message.content === 'done 2');
    expect((await write()).status).toBe(500);
    stage.discord.clearFaults();

    page.send({ type: 'trouble', kind: 'gateway_drop' });
    await page.next('bot', ({ connected }) => !connected);
    await page.next('bot', ({ connected }) => connected);

    stage.onInteraction(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      page.send({ type: 'trouble', kind: 'dead_tokens' });
      await stage.discord.waitFor(() =>
        [...stage.discord.world.interactions.values()].every((each) => each.expired),
      );
      await interaction.editReply('late').catch((error: { code: number }) => {
        page.send({ type: 'say', ref: 'late', channelId: ops, content: `refused ${error.code}` });
      });
    });
    page.send({ type: 'slash', ref: 'k', channelId: ops, command: 'echo', options: { text: 'x' } });
    await page.next('message', (told) => told.message.content === 'refused 50027');
  });
});

describe('what the page’s server does not understand', () => {
  test.each([
    ['no JSON', 'hello'],
    ['an unknown type', JSON.stringify({ type: 'eval', code: '1' })],
    ['a wrong field', JSON.stringify({ type: 'say', ref: 'r', channelId: '../ops', content: 'x' })],
    ['null', 'null'],
  ])('%s is answered in words, and nothing happens', async (_name, text) => {
    const before = stage.discord.messages('ops').length;
    page.send(text);
    expect((await page.next('problem')).text).toMatch(/does not understand/);
    expect(stage.discord.messages('ops')).toHaveLength(before);
  });

  test('a message that is too long ends the connection', async () => {
    const closing = await openPage(stage);
    closing.send('x'.repeat(70_000));
    await closing.closed;
    const alive = await openPage(stage);
    expect((await alive.next('welcome')).guild.name).toBe('Home lab');
    alive.close();
  });
});
