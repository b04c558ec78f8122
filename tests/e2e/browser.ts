import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's Chromium. */
export const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);

export const DESKTOP = { viewport: { width: 1280, height: 860 } } as const;
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

/** A browser whose pages report everything that should not happen. */
export interface Visitor {
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** Errors and messages of the console, and requests that left the page's own address. */
  readonly complaints: readonly string[];
  end(): Promise<void>;
}

export async function startVisitor(): Promise<Visitor> {
  // As root, as in CI, Chromium has no sandbox of its own.
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const complaints: string[] = [];
  return {
    complaints,
    async open(url, options = DESKTOP) {
      const context = await browser.newContext({ locale: 'en-GB', colorScheme: 'dark', ...options });
      const page = await context.newPage();
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol.startsWith('http') && hostname !== '127.0.0.1')
          complaints.push(`asked ${request.url()}`);
      });
      await page.goto(url);
      return page;
    },
    end: () => browser.close(),
  };
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** No violation that axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  // Through the debugger: the page's own policy allows no script of others.
  await page.evaluate(axe.source);
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
  const serious = result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
  expect(serious).toEqual([]);
}

/** Nothing sticks out of the window sideways. */
export async function expectFits(page: Page): Promise<void> {
  const [content, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, innerWidth]',
  )) as number[];
  expect(content).toBeLessThanOrEqual(window ?? 0);
}

/** Saves a picture for the docs, when `CHATOPS_PICTURES` names their folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.CHATOPS_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
