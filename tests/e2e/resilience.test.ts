import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { processesOf } from './processes.js';
import { type Bot, runIdIn, Stage } from './stage.js';

const MIB = 1024 * 1024;

let stage: Stage;
let bot: Bot;

/** Two intents on rsync, each slow enough (about 4 s) to do something in the middle, with the same target. */
async function open(env: Record<string, string> = {}, discord = {}): Promise<void> {
  stage = await Stage.create({ env, discord });
  await stage.files('src', { 'big.bin': randomBytes(4 * MIB), 'small.txt': 'x' });
  for (const name of ['slow', 'slow2']) {
    await stage.intent(
      name,
      `action: backup\nbackup_type: docker_volumes\nstack: volumes\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'mirror')}\noptions: ["--bwlimit=1024"]\n`,
    );
  }
  bot = await stage.start();
}

afterEach(async () => {
  expect(await stage.end()).toEqual([]);
}, 60_000);

const alice = () => stage.discord.as('alice');

async function previewOf(intent: string) {
  const shown = await alice()
    .slash('backup', { intent })
    .waitForMessage(/Confirm/);
  return { shown, id: runIdIn(textOf(shown)) };
}

async function running(intent: string) {
  const { shown, id } = await previewOf(intent);
  alice().press(shown, 'Confirm');
  const live = await alice().waitForMessage(
    (message) => message.id === shown.id && /step 1 of/.test(textOf(message)),
  );
  return { shown, id, live };
}

function outcome(id: string, word: string, timeoutMs = 20_000) {
  return alice().waitForMessage((message) => message.content.includes(word) && message.content.includes(id), {
    timeoutMs,
    what: `${id} ${word}`,
  });
}

async function stateOf(id: string): Promise<string | undefined> {
  const runs = await stage.json<{ id: string; state: string }[]>(['runs']);
  return runs.find((run) => run.id === id)?.state;
}

describe('progress, stop and waiting', () => {
  beforeEach(() => open(), 60_000);

  test('progress moves in the same message, and Stop ends it: told who, tidied up, next run works', async () => {
    const { shown, id } = await running('slow');
    await alice().waitForMessage((message) => message.id === shown.id && /\d+ %/.test(textOf(message)));
    const live = stage.discord.message(shown.id);
    if (!live) throw new Error('the preview is gone');
    expect(buttonsOf(live)).toEqual(['Stop']);
    stage.discord.as('bob').press(live, 'Stop');
    const end = await outcome(id, 'cancelled');
    expect(textOf(end)).toContain('Stopped by bob');
    expect(await stateOf(id)).toBe('cancelled');
    expect(buttonsOf(end)).toContain('Run again');
    expect(existsSync(stage.path('dst', 'mirror', 'big.bin'))).toBe(false);
  });

  test('a second run on the same destination waits, says for what, and can be cancelled or comes to its turn', async () => {
    const first = await running('slow');
    const second = await previewOf('slow2');
    alice().press(second.shown, 'Confirm');
    const waiting = await alice().waitForMessage(
      (message) => message.id === second.shown.id && /Waiting/.test(textOf(message)),
    );
    expect(textOf(waiting)).toContain(first.id);
    expect(buttonsOf(waiting)).toEqual(['Cancel mine', `Show ${first.id}`]);
    alice().press(waiting, 'Cancel mine');
    await alice().waitForMessage(
      (message) => message.id === second.shown.id && /Cancelled/.test(textOf(message)),
    );
    expect(await stateOf(second.id)).toBe('cancelled');

    const third = await previewOf('slow2');
    alice().press(third.shown, 'Confirm');
    await outcome(first.id, 'succeeded');
    // Its preview is out of date by then: the first run has copied everything.
    const after = await alice().waitForMessage(
      (message) => message.id === third.shown.id || message.content.includes(third.id),
    );
    expect(textOf(after)).toMatch(/slow2/);
    await stage.discord.waitFor(() =>
      /succeeded|changed/.test(stage.transcript().join('\n').split(third.id).at(-1) ?? ''),
    );
  });

  test('SIGTERM: a running run gets its grace, is stopped, tidied up and told; the exit code is 0', async () => {
    const { id } = await running('slow');
    expect(await bot.end()).toBe(0);
    expect(await stateOf(id)).toBe('interrupted');
    const told = stage.transcript().filter((text) => text.includes(id) && text.includes('interrupted'));
    expect(told.length).toBeGreaterThan(0);
  });

  test('429s and a gateway drop in the middle: the outcome arrives once', async () => {
    const { id } = await running('slow');
    stage.discord.inject({ method: 'PATCH', path: /\/messages\//, answer: 429, retryAfterMs: 300, times: 2 });
    stage.discord.inject({ method: 'POST', path: /\/messages$/, answer: 429, retryAfterMs: 500, times: 1 });
    stage.discord.dropGateway();
    await outcome(id, 'succeeded');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const told = stage.discord
      .messages('ops')
      .filter(({ content }) => content.includes(id) && content.includes('succeeded'));
    expect(told).toHaveLength(1);
  });

  test('interaction tokens that died: progress and outcome still arrive', async () => {
    const { id } = await running('slow');
    stage.discord.expireInteractionTokens();
    await outcome(id, 'succeeded');
  });
});

describe('restarts', () => {
  beforeEach(() => open(), 60_000);

  test('while a preview waits: its buttons still work', async () => {
    const { shown, id } = await previewOf('slow');
    await bot.kill9();
    bot = await stage.start();
    alice().press(shown, 'Confirm');
    await outcome(id, 'succeeded');
  });

  test('while it runs: interrupted, tidied up, told where it was shown, no process left, the next run works', async () => {
    const { id } = await running('slow');
    await bot.kill9();
    bot = await stage.start();
    const end = await outcome(id, 'interrupted');
    expect(textOf(end)).toContain('The bot was restarted while it ran.');
    expect(buttonsOf(end)).toContain('Run again');
    expect(processesOf(stage.dir)).toEqual([bot.pid]);
    const again = alice().press(end, 'Run again');
    const shown = await again.waitForMessage(/Confirm/);
    alice().press(shown, 'Confirm');
    await outcome(runIdIn(textOf(shown)), 'succeeded');
  });

  test('while one waits for another: both interrupted and told', async () => {
    await stage.files('src', { 'more.bin': randomBytes(8 * MIB) });
    const first = await running('slow');
    const second = await previewOf('slow2');
    alice().press(second.shown, 'Confirm');
    await alice().waitForMessage(
      (message) => message.id === second.shown.id && /Waiting/.test(textOf(message)),
    );
    await bot.kill9();
    bot = await stage.start();
    await outcome(first.id, 'interrupted');
    await outcome(second.id, 'interrupted');
  });

  test('a command line run beside the bot is left alone by a restart of the bot, and the other way round', async () => {
    const own = stage.cli(['run', 'slow', '--yes']);
    await stage.discord.waitFor(() => processesOf(stage.dir).length > 2, { what: 'the command line run' });
    await bot.kill9();
    bot = await stage.start();
    expect(await own).toMatchObject({ code: 0 });
  });
});

describe('expiry', () => {
  test('a preview that nobody answers expires in place, and its button can’t run it', async () => {
    await open({ CHATOPS_CONFIRM_TTL_SECONDS: '2' });
    const { shown, id } = await previewOf('slow');
    const expired = await alice().waitForMessage(
      (message) => message.id === shown.id && /Expired/.test(textOf(message)),
    );
    expect(buttonsOf(expired)).toEqual(['Preview again']);
    expect(await stateOf(id)).toBe('expired');
    expect(readdirSync(stage.path('dst'))).toEqual([]);
  }, 60_000);
});
