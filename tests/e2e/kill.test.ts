import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { killPoints, killRound } from './kill-round.js';
import { Stage } from './stage.js';

const MIB = 1024 * 1024;
/** How often the bot is killed in each test. */
const KILLS = Number(process.env.CHATOPS_TEST_KILLS ?? 5);

let stage: Stage;

afterEach(async () => {
  expect(await stage.end()).toEqual([]);
}, 60_000);

async function rounds(withinMs: number, check: (state: string) => void): Promise<void> {
  const seen: string[] = [];
  let bot = await stage.start();
  for (const point of killPoints(KILLS, withinMs)) {
    const { state, left, next } = await killRound(stage, bot, 'backup', { intent: 'data' }, point);
    bot = next;
    expect(left).toEqual([]);
    seen.push(`${point} ms: ${state}`);
    expect(['succeeded', 'interrupted', 'awaiting']).toContain(state);
    check(state);
  }
  // A loop that never hits a running backup would show nothing.
  expect(seen.filter((line) => line.endsWith('interrupted')).length).toBeGreaterThan(KILLS / 8);
  const last = await stage.cli(['run', 'data', '--yes']);
  expect(last).toMatchObject({ code: 0 });
  expect((await stage.cli(['audit', 'verify'])).code).toBe(0);
}

test(`files: kill -9 at ${KILLS} points leaves no half archive, no process, and the next run succeeds`, async () => {
  stage = await Stage.create();
  await stage.files('src', { 'a.bin': randomBytes(60 * MIB), 'b.txt': 'text' });
  await stage.intent(
    'data',
    `action: backup\nbackup_type: files\nstack: data\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'archives')}\n`,
  );
  const folder = stage.path('dst', 'archives');
  const archives = () => (existsSync(folder) ? readdirSync(folder) : []);
  await rounds(2500, (state) => {
    const names = archives();
    expect(names.filter((name) => name.includes('partial'))).toEqual([]);
    for (const name of names.filter((entry) => entry.endsWith('.tar.gz'))) {
      expect(names).toContain(`${name}.manifest.json`);
      execFileSync('gzip', ['-t', join(folder, name)]);
    }
    if (state === 'succeeded') expect(names.length).toBeGreaterThan(0);
  });
}, 900_000);

test(`docker_volumes: kill -9 at ${KILLS} points leaves no process and no temporary file, and the next run mirrors`, async () => {
  stage = await Stage.create();
  for (let file = 0; file < 8; file += 1) await stage.files('src', { [`${file}.bin`]: randomBytes(MIB) });
  await stage.intent(
    'data',
    `action: backup\nbackup_type: docker_volumes\nstack: data\nsource: ${stage.path('src')}\ndestination: ${stage.path('dst', 'mirror')}\noptions: ["--bwlimit=4096", "--delete"]\n`,
  );
  const mirror = stage.path('dst', 'mirror');
  let round = 0;
  await rounds(2500, () => {
    if (existsSync(mirror)) {
      const strange = readdirSync(mirror).filter(
        (name) => !/^\d\.bin$/.test(name) && name !== '.rsync-partial',
      );
      expect(strange).toEqual([]);
    }
    round += 1;
    // Something to do for the next round.
    execFileSync('dd', [
      'if=/dev/urandom',
      `of=${stage.path('src', `${round % 8}.bin`)}`,
      'bs=1M',
      'count=2',
      'status=none',
    ]);
  });
  expect(
    execFileSync('rsync', ['-anci', '--delete', `${stage.path('src')}/`, mirror], { encoding: 'utf8' }),
  ).toBe('');
}, 900_000);
