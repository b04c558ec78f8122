import { afterEach, expect, test } from '@jest/globals';
import type { StoredMessage } from '../../../src/playground/world/world.js';
import { type Scene, startScene } from './surface.js';

/** As in Discord, ten times as fast. */
const LIMIT = { limit: 5, windowMs: 500 };
const RUNS = 20;

let scene: Scene | undefined;
afterEach(() => scene?.end());

const text = (message: StoredMessage): string =>
  [message.content, ...message.embeds.map(({ description }) => description ?? '')].join('\n');

async function crowd(): Promise<{ scene: Scene; ids: string[] }> {
  const started = await startScene({
    rateLimits: { messages: LIMIT },
    channelLimit: { count: LIMIT.limit, windowMs: LIMIT.windowMs },
    editGapMs: 50,
  });
  scene = started;
  const ids = Array.from({ length: RUNS }, (_, index) => `r-${String(index + 1).padStart(4, '0')}`);
  for (const id of ids) {
    const asked = started.discord.as('alice').slash('backup', { intent: 'photos' }, { channel: 'ops' });
    const preview = await started.discord.waitFor(
      () => started.discord.messages('ops').find((each) => text(each).includes(id)),
      { what: `the preview of ${id} for ${asked.id}` },
    );
    started.discord.as('alice').press(preview, 'Confirm');
  }
  await started.discord.waitFor(() => ids.every((id) => started.fake.run(id).state === 'queued'), {
    what: 'all confirmations',
  });
  return { scene: started, ids };
}

/** Requests that count against the channel's limit. */
const channelRequests = ({ discord }: Scene) =>
  discord.requests.filter(({ path }) => /^\/channels\/\d+\/messages/.test(path));

async function work({ fake }: Scene, ids: readonly string[], rounds: number): Promise<void> {
  for (const id of ids) fake.begin(id);
  for (let round = 1; round <= rounds; round += 1) {
    for (const id of ids) fake.progress(id, { part: 0, step: 1, done: round, total: rounds, unit: 'files' });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function told({ discord }: Scene, ids: readonly string[], timeoutMs: number): Promise<void> {
  await discord.waitFor(
    () =>
      ids.every((id) => {
        const about = discord.messages('ops').filter((each) => text(each).includes(id));
        return (
          about.some((each) => each.content.includes('succeeded')) && about.every((each) => !hasStop(each))
        );
      }),
    { what: 'the end of every run', timeoutMs },
  );
}

function hasStop(message: StoredMessage): boolean {
  return JSON.stringify(message.components).includes(':stop"');
}

test('20 runs in one channel: no 429 of our own making, and every run’s end is told', async () => {
  const { scene: here, ids } = await crowd();
  await work(here, ids, 40);
  for (const id of ids) here.fake.finish(id, { state: 'succeeded', reason: 'done' });
  await told(here, ids, 20_000);
  const all = channelRequests(here);
  expect(all.filter(({ status }) => status === 429)).toEqual([]);
  const crowded = all.filter(
    ({ at }, index) => (all[index + LIMIT.limit]?.at ?? Infinity) < at + LIMIT.windowMs,
  );
  expect(crowded).toEqual([]);
  const outcomes = here.discord.messages('ops').filter(({ content }) => content.includes('succeeded'));
  expect(outcomes).toHaveLength(RUNS);
  const edits = ids.map((id) => {
    const [preview] = here.discord.messages('ops').filter((each) => text(each).includes(id));
    return all.filter(({ method, path }) => method === 'PATCH' && path.endsWith(preview?.id ?? '-')).length;
  });
  expect(Math.max(...edits) - Math.min(...edits)).toBeLessThanOrEqual(2);
});

test('progress that stands still at last shows its last state, without an edit too many', async () => {
  const { scene: here, ids } = await crowd();
  await work(here, ids, 10);
  const shows = (id: string): boolean =>
    here.discord
      .messages('ops')
      .some((each) => text(each).includes(id) && text(each).includes('10 of 10 files'));
  await here.discord.waitFor(() => ids.every(shows), {
    what: 'the last progress of each',
    timeoutMs: 20_000,
  });
  // A request is noted once it is answered, after people see what it did.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = channelRequests(here).length;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(channelRequests(here).length).toBe(before);
});

test('a last progress that Discord refused is shown as soon as it takes it', async () => {
  const { scene: here, ids } = await crowd();
  const shown = (progress: string) =>
    here.discord.waitFor(
      () =>
        ids.every((id) =>
          here.discord
            .messages('ops')
            .some((each) => text(each).includes(id) && text(each).includes(progress)),
        ),
      { what: `${progress} of each`, timeoutMs: 20_000 },
    );
  await work(here, ids, 1);
  await shown('1 of 1 file');
  // Each edit is attempted four times by discord.js itself.
  here.discord.inject({ method: 'PATCH', path: /^\/channels\/\d+\/messages/, answer: 500, times: 24 });
  for (const id of ids) here.fake.progress(id, { part: 0, step: 1, done: 7, total: 9, unit: 'files' });
  await shown('7 of 9 files');
});

test('429, 500 and lost answers in between change nothing about the last states', async () => {
  const { scene: here, ids } = await crowd();
  const path = /^\/channels\/\d+\/messages/;
  here.discord.inject({ path, answer: 429, retryAfterMs: 300, times: 3 });
  here.discord.inject({ path, method: 'PATCH', answer: 500, times: 9 });
  here.discord.inject({ path, method: 'PATCH', answer: 'disconnect', afterEffect: true, times: 3 });
  await work(here, ids, 10);
  here.discord.inject({ path, method: 'PATCH', answer: 502, times: 9 });
  here.discord.inject({ path, answer: 429, retryAfterMs: 200, times: 2 });
  for (const id of ids) here.fake.finish(id, { state: 'succeeded', reason: 'done' });
  await told(here, ids, 25_000);
  expect(channelRequests(here).filter(({ status }) => status === 429)).toHaveLength(5);
  const outcomes = here.discord.messages('ops').filter(({ content }) => content.includes('succeeded'));
  expect(outcomes).toHaveLength(RUNS);
});

test('a run that ends while its edit hangs is told at once all the same', async () => {
  const started = await startScene({ editGapMs: 20 });
  scene = started;
  const { discord, fake } = started;
  discord.as('alice').slash('backup', { intent: 'photos' }, { channel: 'ops' });
  const preview = await discord.waitFor(
    () => discord.messages('ops').find((each) => text(each).includes('r-0001')),
    { what: 'the preview' },
  );
  discord.as('alice').press(preview, 'Confirm');
  await discord.waitFor(() => fake.run('r-0001').state === 'queued', { what: 'the confirmation' });
  discord.inject({ method: 'PATCH', path: /^\/channels\/\d+\/messages/, delayMs: 7000 });
  fake.begin('r-0001');
  await new Promise((resolve) => setTimeout(resolve, 300));
  fake.finish('r-0001', { state: 'succeeded', reason: 'done' });
  await told(started, ['r-0001'], 6500);
  expect(discord.requests.some(({ ms }) => ms >= 7000)).toBe(false);
  await discord.waitFor(() => discord.requests.some(({ ms }) => ms >= 7000), {
    what: 'the end of what hung',
  });
});
