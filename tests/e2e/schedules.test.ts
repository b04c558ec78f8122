import { writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { InteractionHandle } from '../../src/playground/driver/interaction-handle.js';
import { textOf } from '../../src/playground/driver/text.js';
import { randomOf } from '../contracts/choose.js';
import { begunRuns, storedDues } from '../surfaces/scheduler/bench.js';
import { Stage } from './stage.js';

/** How long the bot is killed and started again, in seconds. */
const SECONDS = Number(process.env.CHATOPS_TEST_SCHEDULE_SECONDS ?? 8);
/** How many schedules are due at once: many more than run or are planned side by side. */
const SCHEDULES = Number(process.env.CHATOPS_TEST_SCHEDULES ?? 20);
const SECOND_MS = 1000;
/** How long one of many runs may take on a machine that is busy with others. */
const PATIENCE_MS = 15 * SECOND_MS;
const LONGEST_MS = 60 * SECOND_MS;
/** How far ahead the time lies at which all are due: they are read before. */
const AHEAD_MS = 4 * SECOND_MS;
const KEY = 'a-key-of-the-test';

let stage: Stage;
afterEach(async () => {
  expect(await stage.end()).toEqual([]);
}, 60_000);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A backup of a small file, each into a folder of its own. */
const smallBackup = (name: string): string =>
  `action: backup\nbackup_type: files\nstack: ${name}\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', name)}\n`;

/** It has an answer before the local Discord gives up. */
async function answered(interaction: InteractionHandle): Promise<void> {
  expect(await interaction.settled()).toBe('answered');
}

interface Listed {
  readonly name: string;
  readonly next: readonly string[];
  readonly last: { readonly state: string } | null;
}

test(
  `kill -9 in a loop for ${SECONDS} s, with a schedule of one second: every second has exactly one run`,
  async () => {
    stage = await Stage.create({
      envOf: (discord) => ({ DISCORD_OPS_CHANNEL_ID: discord.channelId('alerts') }),
    });
    const env = { CHATOPS_SCHEDULES_FILE: stage.path('schedules.json') };
    await stage.files('src', { 'a.txt': 'text' });
    await stage.intent('second', smallBackup('second'));
    const schedules = [
      { name: 'each second', intent: 'second', interval_seconds: 1, catch_up: 'all', overlap: 'queue' },
    ];
    await writeFile(stage.path('schedules.json'), JSON.stringify({ schedules }));

    const random = randomOf(7);
    let kills = 0;
    const end = Date.now() + SECONDS * SECOND_MS;
    while (Date.now() < end || kills < 3) {
      const bot = await stage.start(env);
      await sleep(random() * 2500);
      await bot.kill9();
      kills += 1;
    }
    const last = await stage.start(env);
    const hasBegun = () => storedDues(stage.path('data')).some(({ started }) => started !== null);
    await stage.discord.waitFor(hasBegun, { timeoutMs: LONGEST_MS, what: 'a run that begins' });
    await last.kill9();

    const dues = storedDues(stage.path('data'));
    const seconds = dues.map(({ due }) => Date.parse(due) / SECOND_MS);
    // Without a gap from the first to the last, and each once.
    expect(seconds).toEqual(seconds.map((_, index) => (seconds[0] ?? 0) + index));
    expect(seconds.length).toBeGreaterThanOrEqual(Math.min(SECONDS, 190));
    // None is lost: each has a run that has begun, or is still to get one. On a busy machine many still wait.
    expect(dues.filter(({ started, open }) => started === null && open === 0)).toEqual([]);
    const begun = dues.filter(({ started }) => started !== null).map(({ run }) => run);
    expect(begun.length).toBeGreaterThan(0);
    // None is doubled: whatever has begun belongs to a time of its own.
    expect([...begunRuns(stage.path('data'))].sort()).toEqual([...begun].sort());
    expect(new Set(begun).size).toBe(begun.length);
    expect(kills).toBeGreaterThan(2);
    expect((await stage.cli(['audit', 'verify'])).code).toBe(0);
  },
  (SECONDS + 240) * SECOND_MS,
);

test(
  `${SCHEDULES} schedules that are due in the same second all run, and interactions don’t wait for them`,
  async () => {
    stage = await Stage.create({ discord: { firstAnswerMs: LONGEST_MS }, env: { CHATOPS_API_KEY: KEY } });
    await stage.files('src', { 'a.txt': 'text' });
    const names = Array.from({ length: SCHEDULES }, (_, index) => `job-${String(index).padStart(3, '0')}`);
    for (const name of names) await stage.intent(name, smallBackup(name));
    await stage.intent('person', smallBackup('person'));
    const file = stage.path('schedules.json');
    await writeFile(file, JSON.stringify({ schedules: [] }));
    const bot = await stage.start({ CHATOPS_SCHEDULES_FILE: file });
    const dueAt = new Date(Date.now() + AHEAD_MS);
    const cron = `${dueAt.getUTCSeconds()} ${dueAt.getUTCMinutes()} ${dueAt.getUTCHours()} * * *`;
    const schedules = names.map((name) => ({ name, intent: name, cron }));
    await writeFile(file, JSON.stringify({ schedules }));
    const headers = { 'x-api-key': KEY };
    const reloaded = await fetch(`${await bot.url()}/schedules/reload`, { method: 'POST', headers });
    expect(await reloaded.json()).toMatchObject({ ok: true, schedules: SCHEDULES });
    await sleep(dueAt.getTime() - Date.now());

    const alice = stage.discord.as('alice');
    const allRan = () =>
      storedDues(stage.path('data')).filter(({ state }) => state === 'succeeded').length === SCHEDULES;
    let asked = 0;
    for (const end = Date.now() + SCHEDULES * PATIENCE_MS; !allRan() && Date.now() < end; asked += 1) {
      if (asked % 3 === 0) await answered(alice.slash('runs'));
      else if (asked % 3 === 1) await answered(alice.slash('schedules'));
      else {
        const preview = alice.slash('backup', { intent: 'person' });
        await answered(preview);
        await preview.waitForMessage(/Confirm/, { timeoutMs: SCHEDULES * PATIENCE_MS });
      }
      await sleep(300);
    }
    expect(allRan()).toBe(true);
    expect(asked).toBeGreaterThan(5);

    const metrics = await (await fetch(`${await bot.url()}/metrics`)).text();
    const missed = [...metrics.matchAll(/^chatops_discord_answers_missed_total\{.*\} (\d+)$/gm)];
    expect(missed.length).toBeGreaterThan(0);
    // Beside other work an answer may be late; of a bot that answers after its runs, nearly all are.
    const late = missed.reduce((sum, [, count]) => sum + Number(count), 0);
    expect(late).toBeLessThanOrEqual(asked / 10);
    // In order of age, and those that are as old in the order of their claim.
    const order = begunRuns(stage.path('data'));
    const wanted = storedDues(stage.path('data')).map(({ run }) => run);
    expect([...order].sort()).toEqual([...wanted].sort());
  },
  60_000 + SCHEDULES * PATIENCE_MS,
);

test('/schedules shows the next times, pauses, resumes and runs now', async () => {
  stage = await Stage.create();
  await stage.files('src', { 'a.txt': 'text' });
  await stage.intent(
    'nightly',
    `${smallBackup('nightly')}schedule:\n  cron: "0 3 * * *"\n  timezone: Europe/Berlin\n`,
  );
  await stage.start();
  const alice = stage.discord.as('alice');
  const shown = await alice.slash('schedules', { name: 'nightly' }).waitForMessage('nightly');
  expect(textOf(shown)).toMatch(/Next: <t:\d+:F> \(<t:\d+:R>\)\nthen <t:\d+:F>/);
  alice.press(shown, 'Pause');
  const paused = await alice.waitForMessage('nightly is paused');
  expect(await stage.json<{ paused: object; next: string[] }[]>(['schedules'])).toMatchObject([
    { name: 'nightly', paused: { by: { name: 'alice' } }, next: [] },
  ]);
  alice.press(paused, 'Resume');
  await alice.waitForMessage('runs again');
  alice.press(shown, 'Run now');
  const preview = await alice.waitForMessage(/Confirm/, { timeoutMs: LONGEST_MS });
  alice.press(preview, 'Confirm');
  await alice.waitForMessage('Backup succeeded', { timeoutMs: LONGEST_MS });
  const [listed] = await stage.json<Listed[]>(['schedules']);
  expect(listed).toMatchObject({ next: [expect.any(String), expect.any(String), expect.any(String)] });
  expect(listed?.last?.state).toBe('succeeded');
}, 200_000);

test('over HTTP: listed, read again, and run now', async () => {
  stage = await Stage.create({ env: { CHATOPS_API_KEY: KEY } });
  await stage.files('src', { 'a.txt': 'text' });
  await stage.intent('photos', smallBackup('photos'));
  const file = stage.path('schedules.json');
  const write = (...names: string[]) => {
    const schedules = names.map((name) => ({ name, intent: 'photos', cron: '0 3 * * *' }));
    return writeFile(file, JSON.stringify({ schedules }));
  };
  await write('nightly', 'weekly');
  const bot = await stage.start({ CHATOPS_SCHEDULES_FILE: file });
  const url = await bot.url();
  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'x-api-key': KEY, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return [answer.status, await answer.json()] as const;
  };
  expect(await call('GET', '/schedules')).toMatchObject([200, [{ name: 'nightly' }, { name: 'weekly' }]]);
  await write('nightly', 'monthly');
  expect(await call('POST', '/schedules/reload')).toMatchObject([200, { ok: true, schedules: 2 }]);
  expect(await call('GET', '/schedules')).toMatchObject([200, [{ name: 'monthly' }, { name: 'nightly' }]]);
  stage.expectLog(/"reason":"schedule_unknown".*a call was refused/);
  expect(await call('POST', '/schedules/run_now', { name: 'weekly' })).toMatchObject([
    404,
    { code: 'schedule_unknown' },
  ]);
  expect(await call('POST', '/schedules/run_now', { name: 'nightly' })).toMatchObject([
    200,
    { ok: true, actor: { kind: 'api_key' } },
  ]);
  await writeFile(file, 'no list');
  stage.expectLog(/This is not a list of schedules.*a schedule has a problem/);
  expect(await call('POST', '/schedules/reload')).toMatchObject([
    200,
    { ok: false, schedules: 2, removed: [] },
  ]);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain(
    'chatops_schedule_next_run_timestamp_seconds{',
  );
}, 60_000);
