import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { type Bot, runIdIn, Stage } from './stage.js';

const MIRROR = (stage: Stage, more: string): string => `
action: backup
backup_type: docker_volumes
stack: volumes
source: ${stage.path('src')}
destination: ${stage.path('dst', 'mirror')}
options: ["--delete"]
${more}
`;

let stage: Stage;
let bot: Bot;

beforeEach(async () => {
  stage = await Stage.create({
    discord: {
      seed: {
        members: {
          alice: { roles: ['Admin'] },
          bob: { roles: ['Admin'] },
          carol: { roles: ['Admin', 'Operator'] },
          victor: { roles: ['Viewer'] },
        },
      },
    },
    env: { CHATOPS_LARGE_DELETION_FILES: '3' },
  });
  await stage.files('src', { 'a.txt': 'alpha', 'deep/b.txt': 'beta' });
  await stage.intent('mirror', MIRROR(stage, ''));
  await stage.intent('risky', MIRROR(stage, 'confirm: two_people'));
  await stage.intent('bossy', MIRROR(stage, 'confirm: two_people\napprover_role: Operator'));
  await stage.intent('easy', MIRROR(stage, 'confirm: never'));
  bot = await stage.start();
}, 60_000);

afterEach(async () => {
  expect(await stage.end()).toEqual([]);
}, 30_000);

const as = (name: string) => stage.discord.as(name);
const ask = (intent: string, button: RegExp, who = 'alice') =>
  as(who).slash('backup', { intent }).waitForMessage(button);
const mirrored = () => readdirSync(stage.path('dst')).includes('mirror');
const outcome = (id: string, word: string, channel = 'ops') =>
  as('alice').waitForMessage((message) => textOf(message).includes(id) && message.content.includes(word), {
    what: `${id} ${word}`,
    channel,
  });
const audited = async (id: string) => {
  const rows = await stage.json<{ event: string; runId: string | null; actor: { name: string } }[]>([
    'audit',
  ]);
  return rows.filter(({ runId }) => runId === id).map(({ event, actor }) => `${event} ${actor.name}`);
};

describe('two people', () => {
  test('the asker can’t, one without the role can’t, the right one can; who and when stays', async () => {
    const shown = await ask('bossy', /Approve/);
    const id = runIdIn(textOf(shown));
    expect(buttonsOf(shown)).toEqual(['Approve backup', 'Reject', 'Cancel', 'Show commands']);
    const own = await as('alice')
      .press(shown, 'Approve')
      .waitForMessage(/somebody else/);
    expect(own.visibleTo).toBe(as('alice').id);
    await as('bob')
      .press(shown, 'Approve')
      .waitForMessage(/role `Operator`, which you lack/);
    expect(mirrored()).toBe(false);
    as('carol').press(shown, 'Approve');
    const done = await outcome(id, 'succeeded');
    expect(done.pings.users).toEqual([as('alice').id]);
    expect(textOf(stage.discord.message(shown.id) ?? shown)).toContain('Approved by carol');
    expect(await audited(id)).toContain('approved carol');
    const details = await as('bob')
      .slash('run', { id })
      .waitForMessage(/Approved by carol/);
    expect(textOf(details)).toContain('Approved by carol');
  });

  test('two approvers at once: one wins, it runs once, the other gets a word', async () => {
    const shown = await ask('risky', /Approve/);
    const presses = [as('bob').press(shown, 'Approve'), as('carol').press(shown, 'Approve')];
    await outcome(runIdIn(textOf(shown)), 'succeeded');
    expect(await Promise.all(presses.map((press) => press.settled()))).toEqual(['answered', 'answered']);
    expect(presses.flatMap((press) => press.replies())).toHaveLength(1);
    const runs = await stage.json<object[]>(['runs']);
    expect(runs).toHaveLength(1);
  });

  test('a plan that changed is shown again, and needs approving again', async () => {
    await stage.files('dst', { 'mirror/old.txt': 'old' });
    const shown = await ask('risky', /Approve/);
    await writeFile(stage.path('dst', 'mirror', 'another.txt'), 'x');
    as('bob').press(shown, 'Approve');
    const changed = await as('alice').waitForMessage(/Not run:/);
    expect(buttonsOf(changed)).toContain('Approve backup');
    await as('alice')
      .press(changed, 'Approve')
      .waitForMessage(/somebody else/);
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['another.txt', 'old.txt']);
    as('bob').press(changed, 'Approve');
    await as('alice').waitForMessage((message) => message.content.includes('succeeded'));
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['a.txt', 'deep']);
  });

  test('Reject ends it; it is said who did, and nothing runs', async () => {
    const shown = await ask('risky', /Approve/);
    as('bob').press(shown, 'Reject');
    await as('alice').waitForMessage(/Rejected/);
    expect(mirrored()).toBe(false);
    expect(await audited(runIdIn(textOf(shown)))).toContain('rejected bob');
  });

  test('an asker who lost their rights meanwhile: nothing begins in their name', async () => {
    stage.discord.setRolePermissions('Viewer', ['ADMINISTRATOR']);
    const shown = await ask('risky', /Approve/, 'victor');
    stage.discord.setRolePermissions('Viewer', []);
    await as('bob')
      .press(shown, 'Approve')
      .waitForMessage(/Refused: victor can’t run/);
    expect(mirrored()).toBe(false);
  });

  test('it waits through kill -9 and a restart', async () => {
    const shown = await ask('risky', /Approve/);
    await bot.kill9();
    bot = await stage.start();
    as('bob').press(shown, 'Approve');
    await outcome(runIdIn(textOf(shown)), 'succeeded');
  });
});

describe('from the command line', () => {
  test('without an ops channel it is refused, and says what to set', async () => {
    const refused = await stage.cli(['run', 'risky', '--yes']);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('DISCORD_OPS_CHANNEL_ID');
  });

  test('with one it waits there, once, also when the bot was away; Approve runs it', async () => {
    await bot.end();
    const env = { DISCORD_OPS_CHANNEL_ID: stage.discord.channelId('alerts') };
    const asked = await stage.cli(['run', 'risky', '--yes', '--confirm', 'risky'], { env });
    expect(asked.code).toBe(3);
    const id = runIdIn(asked.stdout);
    bot = await stage.start(env);
    const shown = await as('bob').waitForMessage(id, { channel: 'alerts' });
    await bot.kill9();
    bot = await stage.start(env);
    expect(stage.discord.messages('alerts')).toHaveLength(1);
    as('bob').press(shown, 'Approve');
    await outcome(id, 'succeeded', 'alerts');
    const shownAgain = await stage.cli(['show', id]);
    expect(shownAgain.stdout).toMatch(/Approved by bob/);
  });
});

describe('one or nobody', () => {
  test('never: the preview is there, and the run ends by itself', async () => {
    const asked = as('alice').slash('backup', { intent: 'easy' });
    const shown = await asked.waitForMessage(/easy/);
    await outcome(runIdIn(textOf(shown)), 'succeeded');
    expect(mirrored()).toBe(true);
  });

  test('a large deletion: the name is typed, a wrong one loses nothing', async () => {
    for (const name of ['1', '2', '3', '4']) await stage.files('dst', { [`mirror/${name}`]: 'old' });
    const shown = await ask('mirror', /has to be typed/);
    const opened = as('alice').press(shown, 'Confirm');
    await opened.settled();
    expect(opened.modal()?.title).toBe('Deletes 4 files');
    await as('alice')
      .submitModal(opened, { text: 'miror' })
      .waitForMessage(/still open.*type `mirror`/);
    expect(readdirSync(stage.path('dst', 'mirror'))).toHaveLength(4);
    const again = as('alice').press(shown, 'Confirm');
    await again.settled();
    as('alice').submitModal(again, { text: 'mirror' });
    await outcome(runIdIn(textOf(shown)), 'succeeded');
    expect(readdirSync(stage.path('dst', 'mirror')).sort()).toEqual(['a.txt', 'deep']);

    for (const name of ['1', '2', '3', '4']) await stage.files('dst', { [`mirror/${name}`]: 'old' });
    expect((await stage.cli(['run', 'mirror', '--yes'])).stderr).toContain('--confirm mirror');
    expect((await stage.cli(['run', 'mirror', '--yes', '--confirm', 'mirror'])).code).toBe(0);
  });
});

describe('a lock', () => {
  test('taken in Discord holds everywhere, is seen everywhere, and is lifted on the command line', async () => {
    const shown = await ask('mirror', /Confirm/);
    await as('bob')
      .slash('lock', { stack: 'volumes', reason: 'new disks' })
      .waitForMessage(/is locked/);
    await as('alice')
      .press(shown, 'Confirm')
      .waitForMessage(/locked by bob since .*: new disks/);
    await as('alice')
      .slash('backup', { intent: 'easy' })
      .waitForMessage(/locked by bob/);
    const refused = await stage.cli(['run', 'mirror', '--yes']);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toMatch(/volumes is locked by bob since .*: new disks\n.*to unlock it/);
    expect((await stage.cli(['status'])).stdout).toMatch(/🔒 locked by bob/);
    const status = await as('alice').slash('status').waitForMessage(/🔒/);
    expect(textOf(status)).toContain('new disks');
    expect(mirrored()).toBe(false);

    expect((await stage.cli(['unlock', 'volumes'])).code).toBe(0);
    as('alice').press(shown, 'Confirm');
    await outcome(runIdIn(textOf(shown)), 'succeeded');
  });

  test('taken on the command line holds in Discord, until its time is over', async () => {
    expect((await stage.cli(['lock', 'volumes', '-r', 'checking', '--for', '1m'])).code).toBe(0);
    const refusal = await as('alice')
      .slash('backup', { intent: 'easy' })
      .waitForMessage(/locked by/);
    expect(textOf(refusal)).toContain('until');
    expect(refusal.visibleTo).toBe(as('alice').id);
  });
});
