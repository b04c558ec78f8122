import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openApp } from '../../../src/app.js';
import { loadConfig } from '../../../src/config.js';

test('a bot that starts without its intents folder raises an alert', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'chatops-test-alert-'));
  const env = {
    CHATOPS_DATA_DIR: join(dir, 'data'),
    CHATOPS_INTENTS_DIR: join(dir, 'intents'),
    LOG_LEVEL: 'silent',
  };
  const loaded = loadConfig(env, { cwd: dir, shippedIntents: dir, needsDiscord: false });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const app = await openApp(loaded.config, env, { watch: true });
  try {
    const { incidents } = app.store;
    await incidents.enroll('somewhere', new Date().toISOString());
    let due: readonly string[] = [];
    while (due.length === 0) {
      due = await incidents.due('somewhere', 10);
      await sleep(10);
    }
    expect(await incidents.get(due[0] ?? '')).toMatchObject({ key: 'fault:intents-folder' });
    expect(app.faults.list()).toMatchObject([
      { key: 'intents-folder', blocksRuns: false, notice: { code: 'intents_unavailable' } },
    ]);
  } finally {
    await app.close();
    await rm(dir, { recursive: true });
  }
});
