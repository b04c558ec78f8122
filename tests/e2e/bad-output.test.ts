import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { textOf } from '../../src/playground/driver/text.js';
import { expectQuiet, type JsonRun } from './answers.js';
import { shoutingRsync } from './shouting-rsync.js';
import { runIdIn, Stage } from './stage.js';
import { expectUnchanged, worldOf } from './world-state.js';

jest.setTimeout(90_000);

const MB = 1_000_000;
/** The log's limit, with some room for its note on what was left out. */
const LOG_LIMIT = 1_100_000;
const ESC = '\u001b';
const RIGHT_TO_LEFT = '\u202e';

const HOSTILE = [
  '@everyone @here <@100000000000000001> <@&100000000000000002>',
  `${ESC}[31mred${ESC}[0m ${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\ ${ESC}[2J`,
  '``` ```js',
  '# [Confirm](https://evil.example) **bold** ||spoiler||',
  `gpj.${RIGHT_TO_LEFT}exe\u0007\u0000`,
  '',
].join('\n');

let stage: Stage;
let path = '';

async function open(noise: Parameters<typeof shoutingRsync>): Promise<void> {
  path = await shoutingRsync(...noise);
  stage = await Stage.create({ env: { PATH: `${path}:${process.env.PATH}` } });
  await stage.files('src', { 'a.txt': 'alpha' });
  await stage.intent(
    'mirror',
    `action: backup\nbackup_type: docker_volumes\nstack: data\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'mirror')}\n`,
  );
}

afterEach(async () => {
  await stage.end();
  await rm(path, { recursive: true, force: true });
});

/** Confirms in Discord and gives the outcome with its attached log. */
async function outcomeInDiscord(word: string) {
  const alice = stage.discord.as('alice');
  const shown = await alice.slash('backup', { intent: 'mirror' }).waitForMessage(/Confirm/);
  const id = runIdIn(textOf(shown));
  alice.press(shown, 'Confirm');
  const outcome = await alice.waitForMessage(
    ({ content }) => content.includes(id) && content.includes(word),
    { timeoutMs: 30_000 },
  );
  expect(outcome.pings).toEqual({ users: [alice.id], roles: [], everyone: false });
  const [attached] = outcome.attachments;
  return { id, outcome, log: attached ? stage.discord.file(attached).toString('utf8') : null };
}

describe('10 MB in one line', () => {
  const LINE = Buffer.alloc(10 * MB, 'x');

  test('of a run that succeeds: the backup is whole, the log is bounded', async () => {
    await open([LINE, { when: 'real-run' }]);
    await stage.start();
    const { id, outcome, log } = await outcomeInDiscord('succeeded');
    expect(textOf(outcome)).not.toContain('xxx');
    expect(log).toBeNull();
    expect(readdirSync(stage.path('dst', 'mirror'))).toEqual(['a.txt']);
    const shown = await stage.cli(['show', id, '--log']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/x{4096}… \(line cut\)\n/);
    expect(shown.stdout.length).toBeLessThan(LOG_LIMIT);
    expectQuiet(stage, [outcome]);
  });

  test('of a run that fails: the outcome names the cause, and is as short as ever', async () => {
    await open([LINE, { when: 'real-run', exitCode: 12 }]);
    const before = worldOf(stage);
    await stage.start();
    const { outcome, log } = await outcomeInDiscord('failed');
    expect(textOf(outcome)).toContain('`rsync` could not copy everything (exit code 12): `xxx');
    expect(textOf(outcome).length).toBeLessThan(2000);
    expect(log?.length).toBeLessThan(LOG_LIMIT);
    const cli = await stage.cli(['run', 'mirror', '--yes']);
    expect(cli).toMatchObject({ code: 1, stderr: '' });
    expect(cli.stdout.length).toBeLessThan(8000);
    expectUnchanged(stage, before);
    expectQuiet(stage, [outcome]);
  });

  test('of a dry run: no plan, and the message quotes only its beginning', async () => {
    await open([LINE, { when: 'dry-run', exitCode: 1 }]);
    const before = worldOf(stage);
    const cli = await stage.cli(['run', 'mirror', '--yes']);
    expect(cli).toMatchObject({ code: 3, stderr: '' });
    expect(cli.stdout).toMatch(
      /Can’t run yet\.\n {2}rsync could not make its dry run: x{500}…?\. Read what the tool said\.\n/,
    );
    await stage.start();
    const alice = stage.discord.as('alice');
    const shown = await alice.slash('backup', { intent: 'mirror' }).waitForMessage(/Can’t run yet/);
    expect(textOf(shown).length).toBeLessThan(2000);
    expectUnchanged(stage, before);
    expectQuiet(stage);
  });
});

describe('output that is hostile', () => {
  test('of a run that fails: it is quoted as plain text, and pings nobody', async () => {
    await open([HOSTILE, { when: 'real-run', exitCode: 1 }]);
    const before = worldOf(stage);
    await stage.start();
    const { id, outcome, log } = await outcomeInDiscord('failed');
    const text = textOf(outcome);
    expect(text).toContain('@everyone');
    expect(text).toContain('red link');
    expectHarmless(text);
    // One block of code, which the output can't leave.
    expect(text.match(/```/g)).toHaveLength(2);
    expect(outcome.content).not.toContain('@everyone');
    expect(log).toContain('@everyone');

    const cli = await stage.cli(['run', 'mirror', '--yes']);
    expect(cli.code).toBe(1);
    expectHarmless(cli.stdout);
    expectHarmless((await stage.cli(['show', id, '--log'])).stdout);
    expect(await stage.json<JsonRun>(['show', id])).toMatchObject({ reason: 'command_failed' });
    expectUnchanged(stage, before);
    expectQuiet(stage, [outcome]);
  });

  test('of a dry run that fails: the same in the refusal', async () => {
    // Its own line is the one that tells why, wherever it stands.
    await open([`rsync: ${HOSTILE}`, { when: 'dry-run', exitCode: 1 }]);
    const before = worldOf(stage);
    await stage.start();
    const alice = stage.discord.as('alice');
    const shown = await alice.slash('backup', { intent: 'mirror' }).waitForMessage(/Can’t run yet/);
    expect(textOf(shown)).toContain('`rsync` could not make its dry run: `rsync: @everyone @here <@1');
    expectHarmless(textOf(shown));
    expectUnchanged(stage, before);
    expectQuiet(stage);
  });

  test('file names, in a preview with deletions and in what comes of it', async () => {
    await open(['', { when: 'real-run' }]);
    const names = [
      '@everyone',
      `${ESC}[31mred${ESC}[0m`,
      '```js',
      `gpj.${RIGHT_TO_LEFT}exe`,
      'two\nlines',
      '--delete',
      '[x](https://evil.example)',
    ];
    await stage.files(
      'dst/mirror',
      Object.fromEntries(names.map((name) => [name.replaceAll('/', '∕'), 'old'])),
    );
    await stage.files('src', { '@here': 'new', '-e sh': 'new' });
    await stage.intent(
      'mirror',
      `action: backup\nbackup_type: docker_volumes\nstack: data\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'mirror')}\noptions: ["--delete"]\n`,
    );
    const planned = await stage.cli(['plan', 'mirror']);
    expect(planned.code).toBe(0);
    expectHarmless(planned.stdout);
    expect(planned.stdout).toContain('(7 paths)');
    await stage.start();
    const { outcome } = await outcomeInDiscord('succeeded');
    expect(textOf(outcome)).toContain('7 files deleted, as shown.');
    for (const text of stage.transcript()) expectHarmless(text);
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['-e sh', '@here', 'a.txt']);
    expectQuiet(stage, [outcome]);
  });
});

/** No sequence that a terminal obeys, no character that turns round what is read. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
}
