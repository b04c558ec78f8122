import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { testWith } from '../executors/support/needs.js';
import {
  DESKTOP,
  expectAccessible,
  expectFits,
  hasChromium,
  PHONE,
  picture,
  startVisitor,
  type Visitor,
} from './browser.js';
import { type PlaygroundProcess, startPlaygroundProcess } from './page-stage.js';

const testPage = testWith('chromium', hasChromium);
const LIMIT = 500 * 1024;

let playground: PlaygroundProcess;
let visitor: Visitor;

beforeAll(async () => {
  if (!hasChromium) return;
  playground = await startPlaygroundProcess(['start'], {}, 12);
  visitor = await startVisitor();
}, 60_000);

afterAll(async () => {
  await visitor?.end();
  await playground?.cleanUp();
}, 30_000);

const composer = (page: Page) => page.getByRole('combobox', { name: 'Message #ops' });
const shownMessages = (page: Page) => page.locator('discord-message');
const outcome = (page: Page, intent: string) =>
  page.locator('discord-message[highlight]').filter({ hasText: `Backup succeeded · ${intent}` });

async function askFor(page: Page, typed: string): Promise<void> {
  await composer(page).fill('/backup');
  await page.keyboard.press('Enter');
  await page.keyboard.type(typed);
  await page
    .getByRole('option', { name: new RegExp(typed) })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Press Enter to send.').waitFor();
  await page.keyboard.press('Enter');
}

async function actAs(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(name) }).check({ force: true });
  await page.locator('header .acting', { hasText: name }).waitFor();
}

describe('the whole bot in a browser', () => {
  testPage(
    'a backup by keyboard: command, autocomplete, preview, Confirm, progress, result, history',
    async () => {
      const page = await visitor.open(playground.url);
      await shownMessages(page).filter({ hasText: 'Guide' }).first().waitFor();
      expect(page.url()).not.toContain('key');
      await composer(page).click();
      await page.keyboard.type('/');
      await page.getByRole('option', { name: '/backup' }).waitFor();
      await page.keyboard.press('Escape');
      await composer(page).fill('');

      await askFor(page, 'pho');
      const confirm = page.getByRole('button', { name: 'Confirm backup' });
      await confirm.waitFor();
      const preview = shownMessages(page).filter({ has: confirm });
      expect(await preview.innerText()).toMatch(/Copy 120(\.0)? MiB \(12 files\)/);
      await picture(page, 'preview');
      expect(readdirSync(`${playground.dir}/backups`)).toEqual([]);

      await confirm.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Stop' }).waitFor();
      await page.getByText(/\d+ %/).first().waitFor();
      await outcome(page, 'photos').waitFor({ timeout: 60_000 });
      expect(readdirSync(`${playground.dir}/backups`)).toHaveLength(2);

      await page.getByRole('button', { name: 'Developer bar' }).click();
      await page.getByText('INTERACTION_CREATE').waitFor();
      await picture(page, 'developer-bar');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Developer bar' }).click();

      await composer(page).fill('/runs ');
      await page.getByText('Press Enter to send.').waitFor();
      await page.keyboard.press('Enter');
      await shownMessages(page).filter({ hasText: 'used' }).filter({ hasText: 'photos' }).last().waitFor();
      await expectAccessible(page);
    },
    120_000,
  );

  testPage(
    'the shipped demo, in light, on a phone',
    async () => {
      const page = await visitor.open(playground.url, { ...PHONE, colorScheme: 'light' });
      await askFor(page, 'demo');
      await page.getByRole('button', { name: 'Confirm backup' }).click();
      await outcome(page, 'demo').waitFor();
      await picture(page, 'phone');
      await expectFits(page);
      await expectAccessible(page);
      expect(readdirSync(`${playground.dir}/data/demo-backups`)).toHaveLength(2);

      await page.getByRole('button', { name: 'Channels and members' }).click();
      await page.getByRole('button', { name: 'alerts' }).waitFor();
      await expectFits(page);
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'alerts' }).waitFor({ state: 'hidden' });
    },
    60_000,
  );

  testPage('a member without rights is offered nothing, and refused in private', async () => {
    const page = await visitor.open(playground.url);
    await actAs(page, 'victor');
    await composer(page).fill('/');
    await page.getByText('offers victor no commands here').waitFor();
    await composer(page).fill('');
    await page.getByRole('button', { name: 'Details' }).first().click();
    const refusal = shownMessages(page).filter({ hasText: 'Only you (victor) can see this' });
    await refusal.getByText('Refused').waitFor();
    await expectAccessible(page);

    await actAs(page, 'alice');
    expect(await page.getByText('Only you (victor)').count()).toBe(0);
    await actAs(page, 'victor');
    await refusal.getByRole('button', { name: 'Dismiss message' }).click();
    await refusal.waitFor({ state: 'detached' });
  });

  testPage('the first load is small, and nothing was asked of the outside', async () => {
    const page = await visitor.open('about:blank');
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto(playground.url);
    await shownMessages(page).first().waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(LIMIT);
    expect(visitor.complaints).toEqual([]);
  });

  testPage('without the key there is no page', async () => {
    const { origin } = new URL(playground.url);
    const page = await visitor.open('about:blank', DESKTOP);
    expect((await page.goto(`${origin}/`))?.status()).toBe(403);
    expect((await page.goto(`${origin}/?key=wrong`))?.status()).toBe(403);
  });

  testPage('another page in the same browser can’t drive it', async () => {
    const mine = await visitor.open(playground.url);
    await shownMessages(mine).first().waitFor();
    const { host } = new URL(playground.url);
    const key = new URL(playground.url).searchParams.get('key');
    const foreign = await mine.context().newPage();
    await foreign.route('http://evil.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '' }),
    );
    await foreign.goto('http://evil.example/');
    const opened = await foreign.evaluate(
      `new Promise((done) => {
        const socket = new WebSocket('ws://${host}/socket', ['chatops-playground', 'key.${key}']);
        socket.onopen = () => done('open');
        socket.onerror = () => done('refused');
      })`,
    );
    expect(opened).toBe('refused');
  });
});

describe('how it is started', () => {
  test('with a token of a real bot, `chatops playground` never asks the real Discord', async () => {
    const own = await startPlaygroundProcess(['playground'], {
      DISCORD_TOKEN: 'a.real.token',
      DISCORD_GUILD_ID: '123456789012345678',
      DISCORD_API_URL: 'http://127.0.0.1:9/api',
      DISCORD_WEBHOOK_URL: 'http://127.0.0.1:9/webhook',
    });
    expect(own.stdout()).toContain('on this machine only');
    expect(await own.end()).toBe(0);
    await own.cleanUp();
  }, 60_000);

  test('in production a missing token stays an error', async () => {
    await expect(startPlaygroundProcess(['start'], { NODE_ENV: 'production' })).rejects.toThrow(
      /DISCORD_TOKEN is not set, and NODE_ENV is production/,
    );
  }, 60_000);

  test('a port that was asked for and is taken is named, with the way out', async () => {
    const first = await startPlaygroundProcess();
    const { port } = new URL(first.url);
    await expect(startPlaygroundProcess(['start'], { CHATOPS_PLAYGROUND_PORT: port })).rejects.toThrow(
      new RegExp(`port ${port} is taken by another program.*CHATOPS_PLAYGROUND_PORT`, 's'),
    );
    await first.cleanUp();
  }, 60_000);
});
