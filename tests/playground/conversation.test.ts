import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { type Stage, startStage } from './bot.js';
import { createOpenapiValidator, openapiFile } from './openapi-validator.js';

const file = openapiFile();
const validateRequest = file ? createOpenapiValidator(file) : undefined;

const BACKUP = new SlashCommandBuilder()
  .setName('backup')
  .setDescription('Back something up')
  .addStringOption((option) =>
    option.setName('intent').setDescription('What').setRequired(true).setAutocomplete(true),
  );
const SECRET = new SlashCommandBuilder()
  .setName('secret')
  .setDescription('For administrators')
  .setDefaultMemberPermissions(0);

const confirm = new ButtonBuilder()
  .setCustomId('run:r-1:confirm')
  .setLabel('Confirm backup')
  .setStyle(ButtonStyle.Success);
const cancel = new ButtonBuilder()
  .setCustomId('run:r-1:cancel')
  .setLabel('Cancel')
  .setStyle(ButtonStyle.Secondary);
const row = () => new ActionRowBuilder<ButtonBuilder>().addComponents(confirm, cancel);

let stage: Stage;

beforeEach(async () => {
  stage = await startStage(validateRequest ? { validateRequest } : {});
  const { bot, discord } = stage;
  await bot.application.commands.set([BACKUP, SECRET], discord.guildId);
});

afterEach(async () => {
  const { violations } = stage.discord;
  await stage.end();
  expect(violations).toEqual([]);
});

describe('a plain discord.js client', () => {
  test('logs in, knows the guild, and its commands are offered to those who may use them', () => {
    const { bot, discord } = stage;
    expect(bot.guilds.cache.get(discord.guildId)?.channels.cache.map(({ name }) => name)).toEqual([
      'ops',
      'alerts',
    ]);
    expect(discord.as('alice').commands()).toEqual(['backup', 'secret']);
    expect(discord.as('victor').commands()).toEqual(['backup']);
    expect(() => discord.as('victor').slash('secret')).toThrow('offers no /secret');
  });

  test('replies, edits its reply and follows up', async () => {
    const { discord, onInteraction } = stage;
    onInteraction(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply({
        content: `About ${interaction.options.getString('intent')}`,
        components: [row()],
      });
      await interaction.editReply({ content: 'Changed', components: [] });
      await interaction.followUp({
        content: 'One more',
        files: [new AttachmentBuilder(Buffer.from('log'), { name: 'a.log' })],
      });
    });
    const asked = discord.as('alice').slash('backup', { intent: 'demo' });
    expect((await asked.firstAnswer()).type).toBe(4);
    await asked.waitForMessage('One more');
    expect(asked.replies().map(textOf)).toEqual(['Changed', 'One more\n📎 a.log']);
    expect(asked.replies()[0]?.edited_timestamp).not.toBeNull();
  });

  test('sees who asks, with their roles and permissions, and its own permissions', async () => {
    const { discord, onInteraction } = stage;
    const seen: unknown[] = [];
    onInteraction(async (interaction) => {
      if (!interaction.inCachedGuild() || !interaction.isRepliable()) return;
      seen.push({
        user: interaction.user.username,
        roles: interaction.member.roles.highest.name,
        administrator: interaction.memberPermissions.has('Administrator'),
        mayAttach: interaction.appPermissions.has('AttachFiles'),
      });
      await interaction.reply('Seen');
    });
    discord.setChannelPermissions('alerts', 'bot', { deny: ['ATTACH_FILES'] });
    await discord.as('alice').slash('backup', { intent: 'x' }).firstAnswer();
    await discord.as('victor').slash('backup', { intent: 'x' }, { channel: 'alerts' }).firstAnswer();
    expect(seen).toEqual([
      { user: 'alice', roles: 'Admin', administrator: true, mayAttach: true },
      { user: 'victor', roles: 'Viewer', administrator: false, mayAttach: false },
    ]);
  });

  test('defers; the deferred message shows nothing until it is edited, and the first follow-up fills it', async () => {
    const { discord, onInteraction } = stage;
    onInteraction(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const response = await interaction.deferReply({ withResponse: true });
      const { message } = response.resource ?? {};
      expect(message?.flags.has(MessageFlags.Loading)).toBe(true);
      if (interaction.options.getString('intent') === 'edit') await interaction.editReply('Filled');
      else await interaction.followUp('Filled');
    });
    for (const intent of ['edit', 'follow']) {
      const asked = discord.as('alice').slash('backup', { intent });
      const reply = await asked.waitForMessage();
      expect((await asked.firstAnswer()).type).toBe(5);
      expect(textOf(reply)).toBe('Filled');
      expect(asked.replies()).toHaveLength(1);
    }
  });

  test('answers ephemerally: only the asker sees it, and no edit makes it public', async () => {
    const { discord, onInteraction } = stage;
    onInteraction(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply({ content: 'Secret', flags: MessageFlags.Ephemeral });
      await interaction.editReply({ content: 'Still secret' });
    });
    const message = await discord.as('alice').slash('backup', { intent: 'x' }).waitForMessage('Still secret');
    expect(discord.as('alice').visibleMessages().map(textOf)).toEqual(['Still secret']);
    expect(discord.as('bob').visibleMessages()).toEqual([]);
    const channel = await stage.bot.channels.fetch(discord.channelId('ops'));
    if (!channel?.isSendable()) throw new Error('no channel');
    await expect(channel.messages.fetch(message.id)).rejects.toMatchObject({ code: 10008 });
  });

  test('updates a message from its button, and can defer that', async () => {
    const { discord, onInteraction } = stage;
    onInteraction(async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply({ content: 'Sure?', components: [row()] });
      if (!interaction.isButton()) return;
      if (interaction.customId.endsWith('confirm')) {
        await interaction.update({
          content: `Confirmed by ${interaction.user.username}`,
          components: [row()],
        });
      } else {
        await interaction.deferUpdate();
        await interaction.editReply({ content: 'Cancelled', components: [] });
      }
    });
    const alice = discord.as('alice');
    const preview = await alice.slash('backup', { intent: 'x' }).waitForMessage();
    expect(buttonsOf(preview)).toEqual(['Confirm backup', 'Cancel']);
    await discord.as('bob').press(preview, 'Confirm').firstAnswer();
    expect(textOf(discord.message(preview.id) ?? preview)).toContain('Confirmed by bob');
    await alice.press(preview, 'run:r-1:cancel').firstAnswer();
    await alice.waitForMessage('Cancelled');
    expect(() => alice.press(preview, 'Confirm')).toThrow('no "Confirm"');
  });

  test('offers a select menu and a form', async () => {
    const { discord, onInteraction } = stage;
    const menu = new StringSelectMenuBuilder()
      .setCustomId('menu')
      .setPlaceholder('Which one')
      .addOptions({ label: 'One', value: '1' }, { label: 'Two', value: '2' });
    const modal = new ModalBuilder()
      .setCustomId('form')
      .setTitle('Why')
      .addLabelComponents(
        new LabelBuilder()
          .setLabel('Reason')
          .setTextInputComponent(new TextInputBuilder().setCustomId('reason').setStyle(TextInputStyle.Short)),
      );
    onInteraction(async (interaction) => {
      if (interaction.isChatInputCommand()) {
        const choice = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu);
        await interaction.reply({ content: 'Choose', components: [choice] });
      } else if (interaction.isStringSelectMenu()) await interaction.showModal(modal);
      else if (interaction.isModalSubmit()) {
        await interaction.reply(`Because ${interaction.fields.getTextInputValue('reason')}`);
      }
    });
    const alice = discord.as('alice');
    const question = await alice.slash('backup', { intent: 'x' }).waitForMessage();
    expect(() => alice.select(question, 'Which', ['3'])).toThrow('offers no 3');
    const chosen = alice.select(question, 'Which', ['2']);
    expect((await chosen.firstAnswer()).type).toBe(9);
    expect(() => alice.submitModal(chosen, {})).toThrow('required');
    await alice.submitModal(chosen, { reason: 'it is time' }).waitForMessage('Because it is time');
  });

  test('answers autocomplete with what fits', async () => {
    const { discord, onInteraction } = stage;
    onInteraction(async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      const typed = interaction.options.getFocused();
      const fitting = ['demo', 'plex'].filter((name) => name.startsWith(typed));
      await interaction.respond(fitting.map((name) => ({ name, value: name })));
    });
    const alice = discord.as('alice');
    expect(await alice.autocomplete('backup', 'intent', 'de')).toEqual([{ name: 'demo', value: 'demo' }]);
    expect(await alice.autocomplete('backup', 'intent', 'x')).toEqual([]);
  });

  test('sends, edits, fetches and deletes messages of its own, with files', async () => {
    const { bot, discord } = stage;
    const channel = await bot.channels.fetch(discord.channelId('ops'));
    if (!channel?.isSendable()) throw new Error('no channel');
    const log = new AttachmentBuilder(Buffer.from([0, 1, 2, 255]), { name: 'r-7k2m log.txt' });
    const message = await channel.send({ content: 'Result', files: [log] });
    const attachment = message.attachments.first();
    expect(attachment?.name).toBe('r-7k2m_log.txt');
    const served = await fetch(attachment?.url ?? '');
    expect([...new Uint8Array(await served.arrayBuffer())]).toEqual([0, 1, 2, 255]);
    expect([...discord.file({ id: attachment?.id ?? '' })]).toEqual([0, 1, 2, 255]);

    await message.edit({ content: 'Changed', attachments: [] });
    const fetched = await channel.messages.fetch({ message: message.id, force: true });
    expect([fetched.content, fetched.attachments.size]).toEqual(['Changed', 0]);
    expect((await channel.messages.fetch({ limit: 10 })).map(({ id }) => id)).toEqual([message.id]);
    const reply = await message.reply('Answer');
    expect(discord.message(reply.id)?.message_reference?.message_id).toBe(message.id);
    await message.delete();
    expect(discord.message(message.id)).toBeNull();
    await channel.sendTyping();
  });

  test('opens a thread on a message, writes into it, and archives it', async () => {
    const { bot, discord } = stage;
    const channel = await bot.channels.fetch(discord.channelId('alerts'));
    if (!channel?.isTextBased() || !channel.isSendable()) throw new Error('no channel');
    const message = await channel.send('Backup failing');
    const thread = await message.startThread({ name: 'plex' });
    await thread.send('First attempt');
    expect(thread.id).toBe(message.id);
    expect(discord.messages('plex').map(textOf)).toEqual(['First attempt']);
    await expect(message.startThread({ name: 'again' })).rejects.toMatchObject({ code: expect.anything() });
    await thread.setArchived(true);
    await thread.send('It goes on');
    expect((await thread.fetch()).archived).toBe(false);
  });

  test('a thread that a moderator locked or deleted is closed to the bot, and a message has one thread only', async () => {
    const { bot, discord } = stage;
    const channel = await bot.channels.fetch(discord.channelId('alerts'));
    if (!channel?.isTextBased() || !channel.isSendable()) throw new Error('no channel');
    const message = await channel.send('Backup failing');
    const thread = await message.startThread({ name: 'plex' });
    discord.closeThread(thread.id, { locked: true });
    await expect(thread.send('More')).rejects.toMatchObject({ code: 50083 });
    await expect(thread.edit({ archived: false, locked: false })).rejects.toMatchObject({ code: 50013 });
    discord.deleteThread(thread.id);
    await expect(thread.send('More')).rejects.toMatchObject({ code: 10003 });
    const again = bot.rest.post(`/channels/${channel.id}/messages/${message.id}/threads`, {
      body: { name: 'x' },
    });
    await expect(again).rejects.toMatchObject({ code: 160004 });
    discord.deleteMessage(message.id);
    expect(discord.message(message.id)).toBeNull();
  });

  test('posts through a plain webhook', async () => {
    const { discord } = stage;
    const response = await fetch(discord.webhookUrl('alerts'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'Down' }),
    });
    expect(response.status).toBe(204);
    expect(discord.as('victor').visibleMessages({ channel: 'alerts' }).map(textOf)).toEqual(['Down']);
  });

  test('registers global commands too', async () => {
    const { bot, discord } = stage;
    await bot.application.commands.set([BACKUP], discord.guildId);
    await bot.application.commands.set([new SlashCommandBuilder().setName('help').setDescription('Help')]);
    expect([...discord.as('alice').commands()].sort()).toEqual(['backup', 'help']);
    expect((await bot.application.commands.fetch()).map(({ name }) => name)).toEqual(['help']);
  });
});
