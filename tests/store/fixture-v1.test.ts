import { cpSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { RUN_STATES } from '../../src/core/model/run.js';
import { contentOf, fillV1 } from '../fixtures/store/make-v1.js';
import { dataFolder } from './data-folder.js';
import { NO_ORIGIN, sampleAudit, sampleRun } from './samples.js';

const V1 = resolve(dirname(fileURLToPath(import.meta.url)), '../fixtures/store/v1');
const expected: unknown = JSON.parse(readFileSync(join(V1, 'expected.json'), 'utf8'));

describe('a database of the first format', () => {
  const folder = dataFolder();
  const copy = (): void => {
    for (const name of ['chatops.db', 'audit.head']) cpSync(join(V1, name), folder.file(name));
  };

  test('is read completely, with its audit trail whole', async () => {
    copy();
    const store = await folder.open();
    expect(await contentOf(store)).toEqual(expected);
    const states = (await store.runs.list({ limit: 100 })).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(RUN_STATES));
  });

  test('tells of the last backup of each intent', async () => {
    copy();
    const store = await folder.open();
    const last = (await store.runs.list({ limit: 100, states: ['succeeded'] }))[0];
    if (!last?.startedAt || !last.finishedAt) throw new Error('the fixture holds no run that succeeded');
    expect(await store.history.past(NO_ORIGIN, { intent: last.intent, part: 0 })).toEqual([
      {
        runId: last.id,
        finishedAt: last.finishedAt,
        tookMs: Date.parse(last.finishedAt) - Date.parse(last.startedAt),
        stepsMs: {},
        workBytes: 0,
        artifactBytes: expect.any(Number),
      },
    ]);
  });

  test('says of what was checked how much was looked at: archives were read, mirrors listed', async () => {
    copy();
    const { artifacts } = await folder.open();
    expect((await artifacts.list('plex-files')).map(({ verified }) => verified)).toEqual(['read']);
    expect((await artifacts.list('media-mirror')).map(({ verified }) => verified)).toEqual(['listed']);
  });

  test('is written on', async () => {
    copy();
    const store = await folder.open();
    const before = (await store.audit.verify()).rows;
    await store.runs.insert(sampleRun(), sampleAudit());
    expect(await store.runs.transition('r-awaiting', 'awaiting', 'expired', {}, sampleAudit())).toBe(true);
    expect(await store.audit.verify()).toEqual({ rows: before + 2, problems: [] });
    await folder.sealed(before + 2);
  });

  test('tells what a store tells that gets the same writes today', async () => {
    const store = await folder.open();
    await fillV1(store);
    expect(await contentOf(store)).toEqual(expected);
  });
});
