import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MessageFlags, ModalBuilder } from 'discord.js';
import type { Page } from 'playwright-core';
import type { Param } from '../../src/core/model/param.js';
import { modalOf, valuesOf } from '../../src/surfaces/discord/form.js';
import { paramForm } from '../../src/surfaces/discord/render/param-form.js';
import { testWith } from '../executors/support/needs.js';
import { type PageStage, startPageStage } from '../playground/page/stage.js';
import { call } from '../playground/raw.js';
import { expectAccessible, expectFits, hasChromium, PHONE, startVisitor, type Visitor } from './browser.js';

const testPage = testWith('chromium', hasChromium);
const HOSTILE = [
  '<img src=x onerror="globalThis.hacked=1"> <script>globalThis.hacked=1</script>',
  '[click](javascript:globalThis.hacked=1) <:x:123456789012345678>',
  '`</code><b>x</b>` **<svg onload=globalThis.hacked=1>**',
].join('\n');

let stage: PageStage;
let visitor: Visitor;
let ops: string;

beforeAll(async () => {
  if (!hasChromium) return;
  stage = await startPageStage({ firstAnswerMs: 700 });
  visitor = await startVisitor();
  ops = stage.discord.channelId('ops');
  await stage.bot.application.commands.set(
    [{ name: 'silence', description: 'Never answers' }],
    stage.discord.guildId,
  );
}, 60_000);

afterAll(async () => {
  await visitor?.end();
  await stage?.end();
}, 30_000);

const send = async (body: object, channel = ops): Promise<string> => {
  const answer = await call(stage.discord, 'POST', `/channels/${channel}/messages`, body);
  expect(answer.status).toBe(200);
  return String(answer.body.id);
};

const button = (custom_id: string, more: object = {}) => ({
  type: 2,
  style: 2,
  label: custom_id,
  custom_id,
  ...more,
});
const row = (...components: object[]) => ({ type: 1, components });
const messageOf = (page: Page, id: string) => page.locator(`[data-message="${id}"]`);

describe('what messages look like', () => {
  testPage(
    'every kind of them, in dark, light and on a phone, without a serious violation',
    async () => {
      const first = await send({
        content: `# Header\n-# small\n> quoted\n- item\n  - deeper\n1. one\n||secret|| <@${stage.discord.userId('bob')}> <#${ops}> <t:${Math.floor(Date.now() / 1000) + 3600}:R>\n\`\`\`sh\nls -l ${'x'.repeat(200)}\n\`\`\``,
      });
      await send({ content: 'a reply', message_reference: { message_id: first } });
      await send({
        embeds: [
          {
            title: 'Title',
            description: 'Text with `code`',
            color: 0x23a55a,
            fields: [{ name: 'Name', value: 'Value' }],
            footer: { text: 'Footer' },
            author: { name: 'Author' },
            timestamp: new Date().toISOString(),
          },
        ],
        components: [
          row(
            button('Primary', { style: 1 }),
            button('Success', { style: 3 }),
            button('Danger', { style: 4 }),
          ),
          row(button('Off', { disabled: true }), {
            type: 2,
            style: 5,
            label: 'Link',
            url: 'https://example.com/',
          }),
          row({
            type: 3,
            custom_id: 'menu',
            placeholder: 'Choose one',
            options: [{ label: 'One', value: '1', description: 'first' }],
          }),
        ],
      });
      await send({
        flags: MessageFlags.IsComponentsV2,
        components: [
          {
            type: 17,
            components: [
              { type: 10, content: '### Card' },
              { type: 14 },
              { type: 9, components: [{ type: 10, content: 'In a section' }], accessory: button('Beside') },
              row(button('Inside')),
            ],
          },
        ],
      });
      for (const options of [{}, { colorScheme: 'light' as const }, PHONE]) {
        const page = await visitor.open(stage.page.url, options);
        await page.getByText('In a section').waitFor();
        expect(await messageOf(page, first).getByText('in 1 hour').count()).toBeLessThanOrEqual(1);
        await expectFits(page);
        await page.getByRole('button', { name: 'Developer bar' }).click();
        await expectAccessible(page);
      }
    },
    90_000,
  );

  testPage('hostile text stays text, wherever it stands', async () => {
    const id = await send({
      content: HOSTILE,
      embeds: [
        { title: HOSTILE.slice(0, 250), description: HOSTILE, fields: [{ name: 'x', value: HOSTILE }] },
      ],
      components: [row(button('b', { label: '<img src=x onerror=globalThis.hacked=1>' }))],
    });
    const page = await visitor.open(stage.page.url);
    const message = messageOf(page, id);
    expect(await message.innerText()).toContain('<img src=x onerror="globalThis.hacked=1">');
    expect(await message.locator('img[src=x], script, svg[onload], a').count()).toBe(0);
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
  });

  testPage('a file is saved as it is, under its name', async () => {
    const data = Buffer.from('<script>1</script>');
    const answer = await call(stage.discord, 'POST', `/channels/${ops}/messages`, {}, [
      { name: 'r-7k2m.html', data },
    ]);
    const page = await visitor.open(stage.page.url);
    const saving = page.waitForEvent('download');
    await messageOf(page, String(answer.body.id)).getByRole('button', { name: 'r-7k2m.html' }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe('r-7k2m.html');
    expect(await readFile(await download.path())).toEqual(data);
  });

  testPage('a thread opens from its message and from the list, and can be written to', async () => {
    const starter = await send({ content: 'Backup failing' });
    const thread = await call(stage.discord, 'POST', `/channels/${ops}/messages/${starter}/threads`, {
      name: 'Backup failing: photos',
    });
    await send({ content: 'Attempt 1: the destination is full.' }, String(thread.body.id));
    const page = await visitor.open(stage.page.url);
    await messageOf(page, starter).getByRole('button', { name: 'Backup failing: photos' }).click();
    await page.getByText('Attempt 1').waitFor();
    await page.getByRole('combobox', { name: 'Message #Backup failing: photos' }).fill('I look at it');
    await page.keyboard.press('Enter');
    await page.locator('discord-message').filter({ hasText: 'I look at it' }).waitFor();
    await page.getByRole('navigation').getByRole('button', { name: 'ops' }).click();
    await messageOf(page, starter).getByText('2 messages').waitFor();
    await send({ content: 'Attempt 2' }, String(thread.body.id));
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /Backup failing.*1 new messages/s })
      .click();
    await page.getByText('Attempt 2').waitFor();
    await expectAccessible(page);
  });
});

describe('what people do', () => {
  testPage('a button waits, and says so when no answer comes; so does a command', async () => {
    stage.onInteraction(async () => undefined);
    const id = await send({ content: 'press me', components: [row(button('Go'), button('Other'))] });
    const page = await visitor.open(stage.page.url);
    const message = messageOf(page, id);
    await message.getByRole('button', { name: 'Go' }).click();
    await message.locator('button[aria-busy=true]').waitFor();
    expect(await message.getByRole('button', { name: 'Other' }).getAttribute('aria-disabled')).toBe('true');
    await message.getByRole('alert').getByText('This interaction failed').waitFor();
    expect(await message.getByRole('button', { name: 'Go' }).getAttribute('aria-busy')).toBeNull();
    await message.getByRole('button', { name: 'Dismiss' }).click();
    await message.getByRole('alert').waitFor({ state: 'detached' });

    await page.getByRole('combobox', { name: 'Message #ops' }).fill('/silence ');
    await page.getByText('Press Enter to send.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('The application did not respond.').waitFor();
  });

  testPage('a form: opened by a button, left with Escape, filled in and sent', async () => {
    stage.onInteraction(async (interaction) => {
      if (interaction.isButton()) {
        await interaction.showModal(
          ModalBuilder.from({
            custom_id: 'why',
            title: 'Why?',
            components: [
              row({ type: 4, custom_id: 'reason', label: 'Reason', style: 2, required: true }),
            ] as never,
          }),
        );
      } else if (interaction.isModalSubmit()) {
        const reason = interaction.fields.getTextInputValue('reason');
        await interaction.reply({ content: `noted: ${reason}`, flags: MessageFlags.Ephemeral });
      }
    });
    const id = await send({ content: 'ask', components: [row(button('Ask'))] });
    const page = await visitor.open(stage.page.url);
    const ask = messageOf(page, id).getByRole('button', { name: 'Ask' });
    const form = page.getByRole('dialog', { name: 'Why?' });
    await ask.click();
    await form.waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    await ask.click();
    await form.getByLabel('Reason').fill('two lines\nof it');
    await form.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('noted: two lines').waitFor();
    expect(await form.count()).toBe(0);
  });

  testPage('a form for values: what each is for, nothing chosen before, all of it needed', async () => {
    const params: Param[] = [
      { name: 'album', type: 'string', description: 'Which album.', max_length: 200 },
      { name: 'place', type: 'choice', description: 'Where it goes.', choices: ['nas', 'cloud'] },
    ];
    const form = paramForm(
      'abc',
      { intent: 'photos', action: 'backup', params: {} },
      { params, wrong: [] },
      new Map(),
    );
    stage.onInteraction(async (interaction) => {
      if (interaction.isButton()) await interaction.showModal(modalOf(form));
      else if (interaction.isModalSubmit()) await interaction.reply(JSON.stringify(valuesOf(interaction)));
    });
    const id = await send({ content: 'values', components: [row(button('Fill'))] });
    const page = await visitor.open(stage.page.url);
    await messageOf(page, id).getByRole('button', { name: 'Fill' }).click();
    const dialog = page.getByRole('dialog', { name: 'Backup · photos' });
    await dialog.getByLabel('place').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('album').fill('summer');
    const place = dialog.getByLabel('place');
    expect([await place.inputValue(), await dialog.getByText('Where it goes.').isVisible()]).toEqual([
      '',
      true,
    ]);
    await dialog.getByRole('button', { name: 'Submit' }).click();
    expect(await dialog.count()).toBe(1);
    await place.selectOption('cloud');
    await dialog.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('{"album":"summer","place":"cloud"}').waitFor();
  });

  testPage('a select sends what was chosen', async () => {
    stage.onInteraction(async (interaction) => {
      if (interaction.isStringSelectMenu()) await interaction.reply(`chose ${interaction.values.join()}`);
    });
    const options = [
      { label: 'Plex', value: 'plex' },
      { label: 'Photos', value: 'photos' },
    ];
    const id = await send({
      content: 'choose',
      components: [row({ type: 3, custom_id: 'which', placeholder: 'Which', options })],
    });
    const page = await visitor.open(stage.page.url);
    await messageOf(page, id).getByLabel('Which').selectOption('photos');
    await page.getByText('chose photos').waitFor();
  });
});

testPage('all of it without an error in the console or a request to the outside', () => {
  expect(visitor.complaints).toEqual([]);
});

test.each(['dist/page/main.js', 'dist/page/styles.css', 'dist/page/index.html'])(
  '%s is built',
  async (file) => {
    expect((await readFile(file)).length).toBeGreaterThan(100);
  },
);
