import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { type Bot, runIdIn, Stage } from './stage.js';

const FILES = (stage: Stage): string => `
action: backup
backup_type: files
stack: media
source: ${stage.path('src')}
destination: ${stage.path('dst', 'archives')}
`;
const MIRROR = (stage: Stage): string => `
action: backup
backup_type: docker_volumes
stack: volumes
source: ${stage.path('src')}
destination: ${stage.path('dst', 'mirror')}
options: ["--delete"]
`;

let stage: Stage;
let _bot: Bot;

async function open(): Promise<void> {
  stage = await Stage.create();
  await stage.files('src', { 'a.txt': 'alpha', 'deep/b.txt': 'beta'.repeat(1000), 'c.txt': 'gamma' });
  await stage.intent('photos', FILES(stage));
  await stage.intent('mirror', MIRROR(stage));
  _bot = await stage.start();
}

async function close(): Promise<void> {
  expect(await stage.end()).toEqual([]);
}

async function preview(intent: string, who = 'alice') {
  const asked = stage.discord.as(who).slash('backup', { intent });
  return asked.waitForMessage(/Confirm/);
}

function outcomeOf(id: string, word: string) {
  return stage.discord
    .as('alice')
    .waitForMessage((message) => textOf(message).includes(id) && message.content.includes(word), {
      what: `${id} ${word}`,
    });
}

describe('a backup in Discord', () => {
  beforeEach(open, 60_000);
  afterEach(close, 30_000);

  test('files: autocomplete, preview, confirm, archive, outcome, history, audit', async () => {
    const alice = stage.discord.as('alice');
    const offered = await alice.autocomplete('backup', 'intent', 'pho');
    expect(offered.map(({ value }) => value)).toEqual(['photos']);

    const shown = await preview('photos');
    const id = runIdIn(textOf(shown));
    expect(textOf(shown)).toContain('photos');
    expect(textOf(shown)).toMatch(/3 files/);
    expect(buttonsOf(shown)).toEqual(['Confirm backup', 'Cancel', 'Show commands']);
    expect(readdirSync(stage.path('dst'))).toEqual([]);

    const commands = await alice.press(shown, 'Show commands').waitForMessage(/tar/);
    expect(commands.visibleTo).toBe(alice.id);

    alice.press(shown, 'Confirm');
    const outcome = await outcomeOf(id, 'succeeded');
    expect(outcome.pings).toMatchObject({ users: [alice.id], roles: [], everyone: false });
    expect(outcome.message_reference?.message_id).toBe(shown.id);

    const left = readdirSync(stage.path('dst', 'archives')).sort();
    expect(left).toHaveLength(2);
    expect(left[0]).toMatch(/^photos_\d{8}_\d{6}\.tar\.gz$/);
    expect(left[1]).toBe(`${left[0]}.manifest.json`);

    expect(await stage.json<object[]>(['runs'])).toMatchObject([
      { id, intent: 'photos', state: 'succeeded' },
    ]);
    const verified = await stage.cli(['audit', 'verify']);
    expect(verified.code).toBe(0);
    const listed = await alice.slash('runs').waitForMessage(new RegExp(id));
    expect(textOf(listed)).toMatch(/succeeded/);
  });

  test('docker_volumes: what is deleted is said, and exactly that is deleted', async () => {
    await stage.files('dst', { 'mirror/old.txt': 'old', 'mirror/a.txt': 'x' });
    const shown = await preview('mirror');
    expect(textOf(shown)).toMatch(/old\.txt/);
    expect(textOf(shown)).toMatch(/[Dd]elete/);
    stage.discord.as('alice').press(shown, 'Confirm');
    await outcomeOf(runIdIn(textOf(shown)), 'succeeded');
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['a.txt', 'c.txt', 'deep']);
  });

  test('cancel: nothing runs, the preview says so, its buttons are gone', async () => {
    const shown = await preview('photos');
    stage.discord.as('alice').press(shown, 'Cancel');
    const after = await stage.discord.as('alice').waitForMessage(/Cancelled/);
    expect(after.id).toBe(shown.id);
    expect(buttonsOf(after)).toEqual(['Preview again']);
    expect(readdirSync(stage.path('dst'))).toEqual([]);
  });

  test('two clicks at once run once, and the slower one gets a word', async () => {
    const shown = await preview('photos');
    const alice = stage.discord.as('alice');
    const presses = [alice.press(shown, 'Confirm'), alice.press(shown, 'Confirm')];
    await outcomeOf(runIdIn(textOf(shown)), 'succeeded');
    expect(await Promise.all(presses.map((press) => press.settled()))).toEqual(['answered', 'answered']);
    expect(presses.flatMap((press) => press.replies())).toHaveLength(1);
    expect(readdirSync(stage.path('dst', 'archives'))).toHaveLength(2);
  });

  test('a plan that changed is not run; the new one is shown in its place and can be confirmed', async () => {
    await stage.files('dst', { 'mirror/old.txt': 'old' });
    const shown = await preview('mirror');
    await writeFile(stage.path('dst', 'mirror', 'another.txt'), 'x');
    const alice = stage.discord.as('alice');
    alice.press(shown, 'Confirm');
    const changed = await alice.waitForMessage(/Not run:/);
    expect(changed.id).toBe(shown.id);
    expect(textOf(changed)).toMatch(/another\.txt/);
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['another.txt', 'old.txt']);
    alice.press(changed, 'Confirm');
    await alice.waitForMessage((message) => message.content.includes('succeeded'));
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['a.txt', 'c.txt', 'deep']);
  });

  test('a failure says what to do, attaches the log, and can be retried', async () => {
    await rm(stage.path('dst'), { recursive: true });
    const refused = await stage.discord
      .as('alice')
      .slash('backup', { intent: 'photos' })
      .waitForMessage(/Can’t run yet/);
    expect(buttonsOf(refused)).not.toContain('Confirm backup');
    await stage.files('dst', { '.keep': '' });
    const again = stage.discord.as('alice').press(refused, 'Preview again');
    const shown = await again.waitForMessage(/Confirm/);
    expect(runIdIn(textOf(shown))).not.toBe(runIdIn(textOf(refused)));
  });

  test('somebody without rights sees no intent, no button works, and the refusal is private', async () => {
    const { discord } = stage;
    discord.setRolePermissions('Viewer', ['ADMINISTRATOR']);
    const shown = await preview('photos', 'alice');
    const victor = discord.as('victor');
    expect(victor.commands()).toContain('backup');
    discord.setRolePermissions('Viewer', []);
    expect(victor.commands()).not.toContain('backup');
    const press = victor.press(shown, 'Confirm');
    const refusal = await press.waitForMessage(/Refused|Only/);
    expect(refusal.visibleTo).toBe(victor.id);
    const bob = await discord.as('bob').press(shown, 'Confirm').waitForMessage(/Only/);
    expect(bob.visibleTo).toBe(discord.userId('bob'));
    expect(readdirSync(stage.path('dst'))).toEqual([]);
  });
});
