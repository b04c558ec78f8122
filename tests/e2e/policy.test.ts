import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { until } from '../core/harness.js';
import { type Bot, Stage } from './stage.js';

/** Roles by the names that the local Discord has. */
const POLICY = `roles:
  Viewer: {discord_roles: Viewer, rights: view, stacks: media}
  Operator: {discord_roles: Operator, rights: [run, stop], stacks: media, channels: ops}
`;

let stage: Stage;
let bot: Bot;

async function open(policy: string): Promise<void> {
  stage = await Stage.create({ env: { CHATOPS_POLICY_FILE: 'policy.yaml' } });
  await stage.files('src', { 'a.txt': 'one' });
  for (const [name, stack] of [
    ['photos', 'media'],
    ['vault', 'db'],
  ]) {
    const lines = ['action: backup', 'backup_type: files', `stack: ${stack}`, `source: ${stage.path('src')}`];
    await stage.intent(name ?? '', `${[...lines, `destination: ${stage.path('dst')}`].join('\n')}\n`);
  }
  await edit(policy);
  bot = await stage.start();
}

async function close(): Promise<void> {
  expect(await stage.end()).toEqual([]);
}

function edit(text: string): Promise<void> {
  return writeFile(stage.path('policy.yaml'), text);
}

async function readyz(): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${await bot.url()}/readyz`);
  return { status: answer.status, text: await answer.text() };
}

/** What somebody is told who asks for a backup. */
async function told(person: string, intent: string, channel?: string): Promise<string> {
  const place = channel === undefined ? {} : { channel };
  return textOf(await stage.discord.as(person).slash('backup', { intent }, place).waitForMessage());
}

describe('a policy in Discord', () => {
  beforeAll(() => open(POLICY), 60_000);
  afterAll(close, 30_000);

  test('everybody sees the commands, and the policy decides in autocomplete and in commands', async () => {
    const { discord } = stage;
    for (const person of ['olga', 'victor', 'nobody']) {
      expect(discord.as(person).commands()).toContain('backup');
    }
    const offered = async (person: string, command: string) =>
      (await discord.as(person).autocomplete(command, 'intent', '')).map(({ value }) => value);
    expect(await offered('olga', 'backup')).toEqual(['photos']);
    expect(await offered('victor', 'backup')).toEqual([]);
    expect(await offered('victor', 'why')).toEqual(['photos']);
    expect(await offered('alice', 'why')).toEqual([]);

    expect(await told('victor', 'photos')).toMatch(/Refused: you can’t run.*Your roles allow.*status.*runs/s);
    expect(await told('alice', 'photos')).toMatch(/Refused: you can’t run or see anything here/);
    expect(await told('olga', 'vault')).toMatch(/there is no intent/);
    expect(await told('olga', 'photos', 'alerts')).toMatch(/The role .*Operator.* counts in .*ops.* only/);
  });

  test('/why answers privately; /intents and /status show what one may see', async () => {
    const victor = stage.discord.as('victor');
    const why = await victor.slash('why', { intent: 'photos' }).waitForMessage(/What you may do/);
    expect(why.visibleTo).toBe(victor.id);
    expect(textOf(why)).toMatch(
      /✓ \*\*view\*\*: The role `Viewer` allows it: `policy\.yaml` › roles › Viewer/,
    );
    const intents = textOf(await victor.slash('intents').waitForMessage(/Intents/));
    expect(intents).toMatch(/photos.*not run it/);
    expect(intents).not.toContain('vault');
    const status = textOf(await victor.slash('status').waitForMessage(/media/));
    expect(status).not.toMatch(/\bdb\b/);
  });

  test('roles taken away between the preview and Confirm: nothing runs', async () => {
    const { discord } = stage;
    const olga = discord.as('olga');
    const shown = await olga.slash('backup', { intent: 'photos' }).waitForMessage(/Confirm/);
    discord.setMemberRoles('olga', ['Viewer']);
    const refused = await olga.press(shown, 'Confirm').waitForMessage(/Refused/);
    expect(refused.visibleTo).toBe(olga.id);
    expect(readdirSync(stage.path('dst'))).toEqual([]);
    discord.setMemberRoles('olga', ['Operator']);
    olga.press(shown, 'Confirm');
    await olga.waitForMessage((message) => message.content.includes('succeeded'));
  });

  test('edits count at once; a broken one and a deleted file keep the last good rules, and say so', async () => {
    const { discord } = stage;
    const olga = discord.as('olga');
    const before = readdirSync(stage.path('dst'));
    const shown = await olga.slash('backup', { intent: 'photos' }).waitForMessage(/Confirm/);
    await edit('roles: {}\n');
    await until(() => /"roles":0,"deny":0.*the policy is in force/.test(bot.log()), 'the edit counts');
    await olga.press(shown, 'Confirm').waitForMessage(/Refused/);
    expect(buttonsOf(discord.message(shown.id) ?? shown)).toContain('Confirm backup');

    stage.expectLog(
      /policy\.yaml.*the policy has a problem/,
      /the policy’s last good version stays in force/,
      /"fault":"policy-file"/,
    );
    await edit('roles: [broken\n');
    await until(async () => (await readyz()).text.includes('policy.yaml:'), '/readyz to warn');
    expect((await readyz()).status).toBe(200);
    expect(bot.log()).toMatch(/the policy’s last good version stays in force/);
    expect(await told('alice', 'photos')).toMatch(/you can’t run or see anything here/);

    await rm(stage.path('policy.yaml'));
    await until(async () => (await readyz()).text.includes('does not exist'), '/readyz to warn');
    expect(await told('alice', 'photos')).toMatch(/you can’t run or see anything here/);
    expect(readdirSync(stage.path('dst'))).toEqual(before);
  });
});

describe('a policy that is broken at the start', () => {
  beforeAll(() => open('roles:\n  Admin: {discord_roles: Admin, rights: "*"\n'), 60_000);
  afterAll(close, 30_000);

  test('lets nobody but the command line do anything, says so, and is mended without a restart', async () => {
    stage.expectLog(/policy\.yaml.*(the policy has a problem|nobody but the local operator may do anything)/);
    expect(await readyz()).toMatchObject({ status: 503, text: expect.stringContaining('policy') });
    expect(bot.log()).toMatch(/nobody but the local operator may do anything/);
    expect(await told('alice', 'photos')).toMatch(/The policy .*policy\.yaml.* can’t be read/);
    expect(await stage.cli(['run', 'photos', '--yes'])).toMatchObject({ code: 0 });
    expect(await stage.cli(['policy', 'check'])).toMatchObject({ code: 1 });

    await edit('roles:\n  Admin: {discord_roles: Admin, rights: "*"}\n');
    await until(async () => (await readyz()).status === 200, 'it is mended');
    expect(await told('alice', 'vault')).toMatch(/Confirm/);
  });
});
