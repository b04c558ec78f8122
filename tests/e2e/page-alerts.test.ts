import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { testWith } from '../executors/support/needs.js';
import {
  expectAccessible,
  expectFits,
  hasChromium,
  PHONE,
  picture,
  startVisitor,
  type Visitor,
} from './browser.js';
import { type PlaygroundProcess, startPlaygroundProcess } from './page-stage.js';
import { shoutingRsync } from './shouting-rsync.js';

const testPage = testWith('chromium', hasChromium);

let playground: PlaygroundProcess;
let visitor: Visitor;

beforeAll(async () => {
  if (!hasChromium) return;
  const broken = await shoutingRsync('rsync: [receiver] write failed: No space left on device (28)\n', {
    when: 'real-run',
    exitCode: 11,
  });
  playground = await startPlaygroundProcess(['start'], { PATH: `${broken}:${process.env.PATH ?? ''}` });
  const path = (...parts: string[]) => join(playground.dir, ...parts);
  await mkdir(path('library'));
  await writeFile(path('library', 'film.mkv'), 'a film');
  await writeFile(
    path('intents', 'library.yaml'),
    `action: backup\nbackup_type: docker_volumes\nstack: media\nsource: ${path('library')}\ndestination: ${path('backups', 'library')}\n`,
  );
  visitor = await startVisitor();
}, 60_000);

afterAll(async () => {
  await visitor?.end();
  await playground?.cleanUp();
}, 30_000);

const messages = (page: Page) => page.locator('discord-message');
const channel = (page: Page, name: string | RegExp) => page.locator('nav').getByRole('button', { name });

async function failOnce(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Message #ops' }).fill('/backup');
  await page.keyboard.press('Enter');
  await page.keyboard.type('library');
  await page
    .getByRole('option', { name: /library/ })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Press Enter to send.').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Confirm backup' }).click();
  await messages(page).filter({ hasText: 'Backup failed · library' }).last().waitFor();
}

testPage(
  'a failed backup: the card in #alerts, its thread with the tool’s own words, Acknowledge',
  async () => {
    const page = await visitor.open(playground.url);
    await failOnce(page);

    await channel(page, /^alerts/).click();
    const card = messages(page).filter({ hasText: 'library' }).first();
    await card.getByRole('button', { name: 'Acknowledge' }).waitFor();
    await picture(page, 'alert');
    await expectAccessible(page);

    await card.locator('.thread-card').click();
    await messages(page).filter({ hasText: 'No space left on device' }).first().waitFor();
    await picture(page, 'alert-thread');
    await expectAccessible(page);

    await channel(page, /^alerts/).click();
    await card.getByRole('button', { name: 'Acknowledge' }).click();
    await card.getByText(/alice/).first().waitFor();
    expect(visitor.complaints).toEqual([]);
  },
  60_000,
);

testPage(
  'the thread on a phone',
  async () => {
    const page = await visitor.open(playground.url, PHONE);
    await page.getByRole('button', { name: 'Channels and members' }).click();
    await page.locator('nav .channel.thread').first().click();
    await messages(page).filter({ hasText: 'No space left on device' }).first().waitFor();
    await expectFits(page);
    await expectAccessible(page);
  },
  60_000,
);
