import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Bot, Stage } from './stage.js';

const KEY = 'a-key-without-rights';

let stage: Stage;
let bot: Bot;

interface Row {
  readonly event: string;
  readonly source: string;
  readonly actor: { readonly name: string };
  readonly detail: { readonly reason: string; readonly count?: number };
}

beforeAll(async () => {
  stage = await Stage.create({
    env: { CHATOPS_POLICY_FILE: 'policy.yaml', CHATOPS_API_KEY: KEY, CHATOPS_HTTP_RATE_LIMIT: '0' },
  });
  stage.expectLog(/calls? (was|were) refused/);
  await stage.files('src', { 'a.txt': 'one' });
  await stage.intent(
    'photos',
    `action: backup\nbackup_type: files\nstack: media\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst')}\n`,
  );
  await writeFile(
    stage.path('policy.yaml'),
    'roles:\n  Ops: {discord_roles: Admin, rights: "*"}\nlimits: {per_person: 40 per 1h}\n',
  );
  bot = await stage.start();
}, 60_000);

afterAll(async () => {
  expect(await stage.end()).toEqual([]);
}, 30_000);

test('a member and a key without rights, again and again: few rows, and none is lost from the count', async () => {
  const victor = stage.discord.as('victor');
  const shown = await stage.discord
    .as('alice')
    .slash('backup', { intent: 'photos' })
    .waitForMessage(/Confirm/);
  const tried = [
    ...Array.from({ length: 60 }, () => victor.slash('backup', { intent: 'photos' })),
    ...Array.from({ length: 20 }, () => victor.slash('lock', { stack: 'media', reason: 'mine' })),
    ...Array.from({ length: 20 }, () => victor.press(shown, 'Cancel')),
  ];
  expect(new Set(await Promise.all(tried.map((one) => one.settled())))).toEqual(new Set(['answered']));
  const url = await bot.url();
  for (let index = 0; index < 30; index += 1) {
    const answer = await fetch(`${url}/run`, {
      method: 'POST',
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      body: '{"name":"photos"}',
    });
    expect(answer.status).toBe(403);
  }
  const before = (await refused()).length;
  expect(before).toBeLessThanOrEqual(10);
  expect(await bot.end()).toBe(0);

  const rows = await refused();
  const total = (source: string, reason?: string) =>
    rows
      .filter((row) => row.source === source && (reason === undefined || row.detail.reason === reason))
      .reduce((sum, { detail }) => sum + (detail.count ?? 1), 0);
  expect(rows.length).toBeLessThanOrEqual(10 + 6);
  expect([total('discord'), total('http')]).toEqual([100, 30]);
  // The limit on what one person asks for comes before their rights: it binds who has none too.
  expect(total('discord', 'too_many_requests')).toBe(20);
}, 60_000);

async function refused(): Promise<readonly Row[]> {
  const rows = await stage.json<Row[]>(['audit', '--limit', '500']);
  return rows.filter(({ event }) => event === 'refused');
}
