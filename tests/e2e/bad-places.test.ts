import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { buttonsOf, textOf } from '../../src/playground/driver/text.js';
import { isRoot } from '../executors/support/needs.js';
import { mountTmpfs, type Tmpfs, testWithTmpfs } from '../store/tmpfs.js';
import { type Blocked, expectBlocked, expectQuiet, type JsonRun } from './answers.js';
import { runIdIn, Stage } from './stage.js';
import { expectUnchanged, worldOf } from './world-state.js';

jest.setTimeout(60_000);

const MIB = 1024 * 1024;
/** Root without its capabilities: then the rights of files count for root too. */
const PLAIN_USER = isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'] : [];

let stage: Stage;
const disks: Tmpfs[] = [];

afterEach(async () => {
  await stage.end();
  for (const disk of disks.splice(0)) disk.dispose();
});

function smallDisk(): string {
  const disk = mountTmpfs('4m');
  disks.push(disk);
  return disk.path;
}

interface Places {
  readonly type: 'files' | 'docker_volumes';
  readonly source?: string;
  readonly destination: string;
  readonly more?: string;
}

async function intent(name: string, { type, source, destination, more = '' }: Places): Promise<void> {
  await stage.intent(
    name,
    `action: backup\nbackup_type: ${type}\nstack: data\nsource: ${source ?? stage.path('src')}\ndestination: ${destination}\n${more}`,
  );
}

/** The preview in Discord of an intent that can't run: says why and the way out, and offers no Confirm. */
async function expectBlockedInDiscord(name: string, { message, remedy }: Blocked): Promise<void> {
  const alice = stage.discord.as('alice');
  const shown = await alice.slash('backup', { intent: name }).waitForMessage(/Can’t run yet/);
  const text = textOf(shown).replaceAll(/[`*]/g, '');
  expect(text).toContain(`Can’t run yet. ${message} ${remedy}\n🔒 Refused: nothing ran.`);
  expect(text).toContain('What would happen');
  expect(buttonsOf(shown)).toEqual(['Preview again', 'Show commands']);
  expectQuiet(stage);
}

async function expectBlockedEverywhere(name: string, blocked: Blocked): Promise<void> {
  const before = worldOf(stage);
  await expectBlocked(stage, name, blocked);
  await stage.start();
  await expectBlockedInDiscord(name, blocked);
  expectUnchanged(stage, before);
}

describe('places that can’t be used', () => {
  test('a destination that may not be written', async () => {
    stage = await Stage.create({ runner: PLAIN_USER });
    await stage.files('src', { 'a.txt': 'alpha' });
    await stage.files('dst', { 'closed/old.txt': 'old' });
    const closed = stage.path('dst', 'closed');
    await chmod(closed, 0o555);
    await intent('into', { type: 'files', destination: closed });
    await intent('below', { type: 'docker_volumes', destination: join(closed, 'mirror') });
    const blocked = {
      code: 'destination_not_writable',
      message: `The bot may not write to ${closed}.`,
      remedy: 'Give the bot’s user the right to write there.',
    };
    await expectBlocked(stage, 'below', blocked);
    await expectBlockedEverywhere('into', blocked);
    await chmod(closed, 0o755);
  });

  test.each(['files', 'docker_volumes'] as const)('%s: an empty source empties nothing', async (type) => {
    stage = await Stage.create();
    await stage.files('dst', { 'kept/old.txt': 'old' });
    const destination = stage.path('dst', 'kept');
    const more = type === 'docker_volumes' ? 'options: ["--delete"]\n' : '';
    await intent('empty', { type, destination, more });
    await expectBlockedEverywhere('empty', {
      code: 'source_empty',
      message: `${stage.path('src')} is empty. Usually a disk is not mounted.`,
      remedy: 'Check the mount. An empty folder is never backed up.',
    });
  });

  test('a blocked mirror claims nothing about what it did not count', async () => {
    stage = await Stage.create();
    await intent('empty', { type: 'docker_volumes', destination: stage.path('dst', 'mirror') });
    const { stdout } = await stage.cli(['plan', 'empty']);
    expect(stdout).toContain(
      `What would happen\n  1. Copy ${stage.path('src')} to ${stage.path('dst', 'mirror')}.\n`,
    );
  });

  testWithTmpfs('a source whose mount is gone since the last run, though files lie below it', async () => {
    stage = await Stage.create();
    const disk = mountTmpfs('4m');
    disks.push(disk);
    await writeFile(join(disk.path, 'a.txt'), 'alpha');
    const destination = stage.path('dst', 'mirror');
    const more = 'options: ["--delete"]\n';
    await intent('nas', { type: 'docker_volumes', source: disk.path, destination, more });
    expect(await stage.cli(['run', 'nas', '--yes'])).toMatchObject({ code: 0 });
    disk.dispose();
    disks.pop();
    await stage.files('.', { [join('..', disk.path.split('/').at(-1) ?? '', 'b.txt')]: 'local' });
    try {
      await expectBlockedEverywhere('nas', {
        code: 'source_not_mounted',
        message: `${disk.path} is not mounted now and was at the last run.`,
        remedy:
          'Mount it, then try again. If it is no longer meant to be a mount, write source_mounts: [] in the intent: the mounts that must be there.',
      });
      expect(readdirSync(destination)).toEqual(['a.txt']);
    } finally {
      await rm(disk.path, { recursive: true });
    }
  });

  test.each(['files', 'docker_volumes'] as const)(
    '%s: a destination that should be a mount and is none',
    async (type) => {
      stage = await Stage.create();
      await stage.files('src', { 'a.txt': 'alpha' });
      const destination = stage.path('dst', 'nas');
      await intent('nas', { type, destination, more: 'require_mount: true\n' });
      await expectBlockedEverywhere('nas', {
        code: 'destination_not_mounted',
        message: `${destination} should be on a mount of its own, and lies on the root disk.`,
        remedy: 'Mount it, then try again.',
      });
    },
  );
});

describe('a full disk', () => {
  testWithTmpfs('known when the plan is made: blocked in numbers', async () => {
    stage = await Stage.create();
    await stage.files('src', { 'big.bin': randomBytes(8 * MIB) });
    const disk = smallDisk();
    await intent('mirror', { type: 'docker_volumes', destination: join(disk, 'mirror') });
    await intent('archive', { type: 'files', destination: disk, more: 'compress: none\n' });
    const full = (at: string) => `The destination is full: about 8.0 MiB needed, 4.0 MiB free on ${at}.`;
    await expectBlocked(stage, 'archive', {
      code: 'destination_full',
      message: full(disk),
      remedy: 'Free some space or lower retention_days, then try again.',
    });
    await expectBlockedEverywhere('mirror', {
      code: 'destination_full',
      message: full(join(disk, 'mirror')),
      remedy: 'Free some space there, then try again.',
    });
    expect(readdirSync(disk)).toEqual([]);
  });

  testWithTmpfs('the source grows after the preview: not run, and the new preview says why', async () => {
    stage = await Stage.create();
    await stage.files('src', { 'a.bin': randomBytes(MIB) });
    const disk = smallDisk();
    await intent('mirror', { type: 'docker_volumes', destination: join(disk, 'mirror') });
    await stage.start();
    const alice = stage.discord.as('alice');
    const shown = await alice.slash('backup', { intent: 'mirror' }).waitForMessage(/Confirm/);
    await stage.files('src', { 'b.bin': randomBytes(8 * MIB) });
    const before = worldOf(stage);
    alice.press(shown, 'Confirm');
    const changed = await alice.waitForMessage(/Not run:/);
    expect(changed.id).toBe(shown.id);
    expect(textOf(changed)).toContain('The destination is full: about 9.0 MiB needed, 4.0 MiB free');
    expect(textOf(changed)).toContain('Free some space there, then try again.');
    expect(buttonsOf(changed)).toEqual(['Preview again', 'Show commands']);
    expect(readdirSync(disk)).toEqual([]);
    expectUnchanged(stage, before);
    expectQuiet(stage);
  });

  testWithTmpfs('files, in the middle: data that can’t be compressed; no half archive stays', async () => {
    stage = await Stage.create();
    await stage.files('src', { 'big.bin': randomBytes(8 * MIB) });
    const disk = smallDisk();
    await intent('archive', { type: 'files', destination: disk });
    const before = worldOf(stage);
    const planned = await stage.cli(['plan', 'archive']);
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stdout).toContain(
      `${disk} has 4.0 MiB free. How much is needed is not known before the first run: up to 8.0 MiB. If it does not fit, the run ends and removes what it wrote. To be sure, free some space first.`,
    );

    const text = await stage.cli(['run', 'archive', '--yes']);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(
      /\nThe destination is full: about 8\.0 MiB needed, 4\.0 MiB free on .+\.\nNothing half-done is left: the partial file is gone, the old archives are untouched\.\nNext: Free some space or lower retention_days, then try again\.\n/,
    );
    const json = await stage.cli(['run', 'archive', '--yes', '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'failed', reason: 'destination_full' });

    await stage.start();
    const alice = stage.discord.as('alice');
    const shown = await alice.slash('backup', { intent: 'archive' }).waitForMessage(/Confirm/);
    expect(textOf(shown)).toContain('up to 8.0 MiB');
    alice.press(shown, 'Confirm');
    await expectFailureInDiscord(runIdIn(textOf(shown)), /Nothing half-done is left/);
    expect(readdirSync(disk)).toEqual([]);
    expectUnchanged(stage, before);
  });

  testWithTmpfs('docker_volumes, in the middle: somebody else fills the disk', async () => {
    stage = await Stage.create();
    await stage.files('src', { 'a.bin': randomBytes(3 * MIB) });
    const disk = smallDisk();
    const mirror = join(disk, 'mirror');
    await intent('mirror', {
      type: 'docker_volumes',
      destination: mirror,
      more: 'options: ["--bwlimit=512"]\n',
    });
    const before = worldOf(stage);
    await stage.start();
    const alice = stage.discord.as('alice');
    const shown = await alice.slash('backup', { intent: 'mirror' }).waitForMessage(/Confirm/);
    const id = runIdIn(textOf(shown));
    alice.press(shown, 'Confirm');
    await stage.discord.waitFor(() => existsSync(mirror) && readdirSync(mirror).length > 0, {
      what: 'rsync to begin',
    });
    await expect(writeFile(join(disk, 'other'), randomBytes(8 * MIB))).rejects.toThrow('ENOSPC');
    await expectFailureInDiscord(id, /The mirror is incomplete.*Nothing was deleted\./s);
    expect(await stage.json<JsonRun>(['show', id])).toMatchObject({
      state: 'failed',
      reason: 'destination_full',
      outcome: { next: 'Free some space there, then try again.' },
    });
    expect(readdirSync(mirror).filter((name) => !name.startsWith('.rsync-partial'))).toEqual([]);
    expectUnchanged(stage, before);
  });
});

async function expectFailureInDiscord(id: string, stateNow: RegExp): Promise<void> {
  const alice = stage.discord.as('alice');
  const outcome = await alice.waitForMessage(
    ({ content }) => content.includes('failed') && content.includes(id),
    { timeoutMs: 20_000 },
  );
  expect(outcome.pings).toEqual({ users: [alice.id], roles: [], everyone: false });
  expect(textOf(outcome)).toMatch(/The destination is full: about [38]\.0 MiB needed, .+ free on/);
  expect(textOf(outcome)).toMatch(stateNow);
  expect(textOf(outcome)).toMatch(/\*\*Next:\*\* Free some space/);
  expect(buttonsOf(outcome)).toEqual(['Retry', 'Details']);
  expectQuiet(stage, [outcome]);
}
