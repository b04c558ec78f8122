import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Incident } from '../../../../src/core/model/incident.js';
import { Redactor } from '../../../../src/core/ports/redact.js';
import type { Delivery } from '../../../../src/core/ports/store.js';
import { textOf } from '../../../../src/playground/driver/text.js';
import {
  webhookAddress,
  webhookDestination,
} from '../../../../src/surfaces/discord/alerts/webhook-address.js';
import {
  startWebhookAlerts,
  type WebhookAlerts,
} from '../../../../src/surfaces/discord/alerts/webhook-alerts.js';
import { isNews } from '../../../../src/surfaces/discord/alerts/webhook-news.js';
import { alice } from '../../../store/samples.js';
import { AlertScene, PACE } from './alert-scene.js';

const HOUR = 60 * 60_000;
const NOW = new Date('2026-11-22T14:00:00Z');
const told = (count: number, minutesAgo: number) => ({ count, at: NOW.getTime() - minutesAgo * 60_000 });
const incident = (change: Partial<Incident>): Incident => ({
  id: 'i-1',
  key: 'intent:x',
  intent: null,
  openedAt: NOW.toISOString(),
  lastAt: NOW.toISOString(),
  count: 1,
  newest: 1,
  lastGood: null,
  about: [],
  acknowledged: null,
  muted: null,
  resolved: null,
  ...change,
});
const LATER = new Date(NOW.getTime() + HOUR).toISOString();

test.each<[string, Partial<Incident>, ReturnType<typeof told> | null, boolean]>([
  ['the first failure', {}, null, true],
  ['the second one', { count: 2 }, told(1, 1), false],
  ['the eleventh', { count: 11 }, told(1, 6), true],
  ['the eleventh within a minute', { count: 11 }, told(1, 1), false],
  ['another one after an hour', { count: 2 }, told(1, 60), true],
  ['an hour without another one', { count: 1 }, told(1, 61), false],
  ['the eleventh while muted', { count: 11, muted: { by: alice, until: LATER } }, told(1, 6), false],
  ['a recovery', { resolved: { by: null, at: LATER } }, told(1, 1), true],
  ['a recovery of what was never told', { resolved: { by: null, at: LATER } }, null, true],
  ['closed by hand', { resolved: { by: alice, at: LATER } }, told(1, 1), false],
])('is it news? %s', (_what, change, last, news) => {
  expect(isNews(incident(change), last, NOW)).toBe(news);
});

test.each([
  ['https://discord.com/api/webhooks/123/ab-C_d', 'https://discord.com/api', ''],
  ['https://discord.com/api/v10/webhooks/123/ab-C_d/', 'https://discord.com/api', ''],
  ['http://127.0.0.1:4000/api/webhooks/123/ab-C_d?thread_id=7', 'http://127.0.0.1:4000/api', 'thread_id=7'],
])('reads the address %s', (url, api, query) => {
  const address = webhookAddress(url);
  expect({ ...address, query: String(address?.query) }).toEqual({ api, id: '123', token: 'ab-C_d', query });
  expect(webhookDestination(url)).not.toContain('ab-C_d');
});

test('what is no address of a webhook is none', () => {
  expect(webhookAddress('https://example.org/hook')).toBeNull();
});

describe('the webhook', () => {
  let scene: AlertScene;
  let alerts: WebhookAlerts;
  let url: string;
  const begin = async (address: string, incidents = scene.store.incidents): Promise<void> => {
    await scene.store.incidents.enroll(webhookDestination(address), new Date(0).toISOString());
    alerts = startWebhookAlerts({
      url: address,
      incidents,
      redact: new Redactor().data,
      log: scene.log,
      now: scene.now,
      pace: PACE,
    });
  };
  const done = async (): Promise<void> => {
    const name = webhookDestination(url);
    for (let look = 0; look < 500 && (await scene.store.incidents.due(name, 1)).length > 0; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await scene.store.incidents.pending(name)).toBe(0);
  };
  beforeEach(async () => {
    scene = await AlertScene.create();
    url = scene.discord.webhookUrl('ops');
  });
  afterEach(async () => {
    await alerts.end();
    const { violations } = scene.discord;
    await scene.end();
    expect(violations).toEqual([]);
  });
  const texts = () => scene.discord.messages('ops').map(textOf);

  test('tells of the first failure, not of each, and of the recovery; nobody is pinged', async () => {
    await begin(url);
    await scene.ends('failed');
    await done();
    await scene.ends('failed');
    await scene.ends('failed');
    await done();
    await scene.ends('recovered');
    await done();
    expect(texts()).toHaveLength(2);
    expect(texts()[0]).toMatch(/^❌ \*\*Backup failing\*\* · plex-files[\s\S]*r-1001 ended/);
    expect(texts()[1]).toMatch(/^✅ \*\*Backup works again\*\* · plex-files · after 3 failures/);
    const bodies = scene.discord.requests.map(({ body }) => body);
    for (const body of bodies) expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
    expect(scene.discord.requests.every(({ query }) => query.wait === 'true')).toBe(true);
  });

  test('a webhook that is refused is said once, without its token, and told later', async () => {
    const token = webhookAddress(url)?.token ?? '';
    scene.discord.inject({ method: 'POST', path: /^\/webhooks\//, answer: 404, times: 2 });
    await begin(url);
    await scene.ends('failed');
    await scene.discord.waitFor(() => alerts.problem() !== null);
    expect(alerts.problem()).toContain('Copy its address again');
    for (let tries = 0; tries < 3; tries += 1) {
      scene.advance(HOUR);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await done();
    await scene.discord.waitFor(() => alerts.problem() === null);
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).not.toContain('Perhaps sent before');
    expect(scene.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(JSON.stringify(scene.log.lines)).not.toContain(token);
  });

  test('killed between sending and noting: sent again, and said so', async () => {
    let dead = false;
    await begin(url, {
      ...scene.store.incidents,
      record: async (destination: string, id: string, change: Partial<Delivery>) => {
        dead ||= change.told !== undefined;
        if (dead) throw new Error('killed');
        await scene.store.incidents.record(destination, id, change);
      },
    });
    await scene.ends('failed');
    await scene.discord.waitFor(() => dead);
    await alerts.end();
    await begin(url);
    await done();
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toContain('Perhaps sent before');
  });

  test('an address that is none is a problem from the start', async () => {
    url = 'https://example.org/hook';
    await begin(url);
    expect(alerts.problem()).toContain('DISCORD_WEBHOOK_URL is no address');
  });
});
