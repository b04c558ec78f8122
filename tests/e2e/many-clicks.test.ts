import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Bot, Stage } from './stage.js';

let stage: Stage;
let bot: Bot;

beforeAll(async () => {
  stage = await Stage.create({
    // How long it takes is for machines that do nothing else.
    discord: { firstAnswerMs: 15_000 },
    env: { CHATOPS_POLICY_FILE: 'policy.yaml' },
  });
  await stage.files('src', { 'a.txt': 'one' });
  await stage.intent(
    'photos',
    `action: backup\nbackup_type: files\nstack: media\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst')}\n`,
  );
  await writeFile(stage.path('policy.yaml'), 'roles:\n  Ops: {discord_roles: Admin, rights: "*"}\n');
  bot = await stage.start();
}, 60_000);

afterAll(async () => {
  expect(await stage.end()).toEqual([]);
}, 30_000);

test('200 clicks at once: one run, all are heard, nobody is told again and again, each refusal is counted', async () => {
  const { discord } = stage;
  const shown = await discord
    .as('alice')
    .slash('backup', { intent: 'photos' })
    .waitForMessage(/Confirm/);
  const click = async (count: number, who: (index: number) => string) => {
    const presses = Array.from({ length: count }, (_, index) =>
      discord.as(who(index)).press(shown, 'Confirm'),
    );
    return { presses, heard: await Promise.all(presses.map((press) => press.settled())) };
  };
  const refusedOnes = await click(50, () => 'victor');
  expect(refusedOnes.heard).toEqual(Array(50).fill('answered'));
  await discord.waitFor(() => refusedOnes.presses.some((press) => press.replies().length > 0));

  const { presses, heard } = await click(200, (index) => (index % 4 === 3 ? 'victor' : 'alice'));
  expect(heard).toEqual(Array(200).fill('answered'));
  await discord.as('alice').waitForMessage((message) => message.content.includes('succeeded'));
  expect(await stage.json<object[]>(['runs'])).toHaveLength(1);
  const told = [...presses, ...refusedOnes.presses].flatMap((press) => press.replies());
  expect(told.every(({ visibleTo }) => visibleTo !== null)).toBe(true);
  expect(told.length).toBeLessThanOrEqual(10);

  expect(await bot.end()).toBe(0);
  const rows = await stage.json<{ event: string; detail: { count?: number } }[]>(['audit']);
  const refused = rows.filter(({ event }) => event === 'refused');
  // What was pressed after the run had begun only repeats that.
  expect(refused.reduce((sum, { detail }) => sum + (detail.count ?? 1), 0)).toBeGreaterThanOrEqual(50);
  expect(refused.length).toBeLessThanOrEqual(7);
}, 60_000);
