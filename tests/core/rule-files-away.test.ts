import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type App, openApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { plain } from '../../src/core/model/phrase.js';

const POLICY = 'roles:\n  A: {discord_roles: A, rights: run}\n';
const SCHEDULES = 'schedules:\n  - {name: nightly, cron: "0 3 * * *", intent: x}\n';
const FILES = { 'policy-file': 'policy.yaml', 'rbac-file': 'keys.json', 'schedules-file': 'schedules.yaml' };

let dir: string;
let app: App | null = null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'chatops-test-away-'));
  await mkdir(join(dir, 'intents'));
});
afterEach(async () => {
  await app?.close();
  app = null;
  await rm(dir, { recursive: true });
});

async function writeAll(): Promise<void> {
  await writeFile(join(dir, 'policy.yaml'), POLICY);
  await writeFile(
    join(dir, 'keys.json'),
    JSON.stringify({ keys: { 'everything-key': { endpoints: ['*'], actions: ['*'], stacks: ['*'] } } }),
  );
  await writeFile(join(dir, 'schedules.yaml'), SCHEDULES);
}

async function open(): Promise<App> {
  const env = {
    CHATOPS_DATA_DIR: join(dir, 'data'),
    CHATOPS_INTENTS_DIR: join(dir, 'intents'),
    CHATOPS_POLICY_FILE: join(dir, 'policy.yaml'),
    CHATOPS_RBAC_FILE: join(dir, 'keys.json'),
    CHATOPS_SCHEDULES_FILE: join(dir, 'schedules.yaml'),
    LOG_LEVEL: 'silent',
  };
  const loaded = loadConfig(env, { cwd: dir, shippedIntents: dir, needsDiscord: false });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  app = await openApp(loaded.config, env, { watch: true });
  await app.store.incidents.enroll('somewhere', new Date().toISOString());
  return app;
}

/** The faults of which an alert is open. */
async function alerts({ store }: App): Promise<readonly string[]> {
  const ids = await store.incidents.due('somewhere', 10);
  const found = await Promise.all(ids.map((id) => store.incidents.get(id)));
  return found.flatMap((one) => (one?.resolved === null ? [one.key ?? ''] : [])).sort();
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error(`It never came to this: ${String(isSo)}`);
}

const faults = ({ faults: all }: App): Readonly<Record<string, string>> =>
  Object.fromEntries(
    all
      .list()
      .map(({ key, notice }) => [key, `${notice.code}: ${plain(notice.message).replaceAll(`${dir}/`, '')}`]),
  );

test('files of rules that go away raise alerts, keep what they said, and end them when they are back', async () => {
  await writeAll();
  const bot = await open();
  expect(bot.faults.list()).toEqual([]);

  for (const name of Object.values(FILES)) await rename(join(dir, name), join(dir, `${name}.away`));
  await until(() => bot.faults.list().length === 3);
  expect(faults(bot)).toEqual({
    'policy-file':
      'policy_unavailable: The policy file policy.yaml does not exist. What it said last stays in force.',
    'rbac-file':
      'policy_unavailable: The file of API keys keys.json does not exist. What it said last stays in force.',
    'schedules-file':
      'schedules_unavailable: The schedules file schedules.yaml does not exist. Its schedules stay as they were.',
  });
  expect(bot.policy.rules().kind).toBe('policy');
  expect(bot.schedules.all().map(({ name }) => name)).toEqual(['nightly']);
  await until(async () => (await alerts(bot)).length === 3);
  expect(await alerts(bot)).toEqual(Object.keys(FILES).map((key) => `fault:${key}`));

  await mkdir(join(dir, 'policy.yaml'));
  await until(() => faults(bot)['policy-file']?.includes('policy.yaml is not a regular file.') === true);
  await rm(join(dir, 'policy.yaml'), { recursive: true });

  for (const name of Object.values(FILES)) await rename(join(dir, `${name}.away`), join(dir, name));
  await until(() => bot.faults.list().length === 0);
  await until(async () => (await alerts(bot)).length === 0);
});

test('a broken edit is a problem of the file, and no fault', async () => {
  await writeAll();
  const bot = await open();
  await writeFile(join(dir, 'policy.yaml'), 'roles: 7\n');
  await writeFile(join(dir, 'schedules.yaml'), 'schedules: 7\n');
  await until(
    () => bot.policy.problems().length > 0 && bot.schedules.all().length === 1 && bot.schedules.isPartial(),
  );
  expect(bot.faults.list()).toEqual([]);
});
