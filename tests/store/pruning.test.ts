import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Store } from '../../src/core/ports/store.js';
import { retentionAt } from '../../src/core/records/pruning.js';
import { sampleAlert } from './contract/incidents.js';
import { dataFolder } from './data-folder.js';
import { alice, NO_ORIGIN } from './samples.js';
import { PastRuns } from './year-of-runs.js';

const NOW = new Date('2026-11-30T12:00:00.000Z');
const DEFAULTS = { runsDays: 365, runsAtMost: 50_000, previewsDays: 7, logsDays: 90 };
const FEW = { ...DEFAULTS, runsAtMost: 100 };
const never = new AbortController().signal;
const ago = (days: number): Date => new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000);
const prune = (store: Store, settings = DEFAULTS) => store.prune(retentionAt(settings, NOW), never);
const ids = async (store: Store) => new Set((await store.runs.list({ limit: 100_000 })).map(({ id }) => id));

describe('pruning', () => {
  const folder = dataFolder();

  test('runs, previews and plans go by their age, and the newest of each intent stays', async () => {
    const store = await folder.open();
    const past = new PastRuns(store);
    const lastGood = await past.run('rare', ago(500));
    const failedSince = await past.run('rare', ago(400), 'failed');
    const old = await past.run('photos', ago(400));
    const middle = await past.run('photos', ago(100));
    const young = await past.run('photos', ago(10));
    const oldPreview = await past.dryRun('photos', ago(8));
    const youngPreview = await past.dryRun('photos', ago(6));
    expect(await prune(store)).toMatchObject({ runs: 1, previews: 1, details: 1 });

    expect(await ids(store)).toEqual(new Set([lastGood, failedSince, middle, young, youngPreview]));
    for (const id of [lastGood, failedSince, young, youngPreview]) {
      expect((await store.runs.get(id))?.plan.parts).toHaveLength(1);
    }
    expect((await store.runs.get(middle))?.plan).toMatchObject({
      isRemoved: true,
      parts: [],
      intent: 'photos',
    });
    expect([await store.runs.readLog(middle), await store.runs.journal(middle)]).toEqual(['', []]);
    expect(await store.runs.readLog(young)).toMatch(/incremental/);
    expect([await store.runs.get(old), await store.runs.get(oldPreview)]).toEqual([null, null]);
    expect(await store.history.past(NO_ORIGIN, { intent: 'photos', part: 0 })).toHaveLength(3);
    expect(await store.artifacts.list('rare')).toHaveLength(1);
    expect((await store.audit.verify()).problems).toEqual([]);
    expect(await prune(store)).toEqual({ runs: 0, previews: 0, details: 0, auditRows: 0 });
  });

  test('what has not ended, what an open alert tells of, and archives that are there outlive everything', async () => {
    const store = await folder.open();
    const past = new PastRuns(store);
    const told = await past.run('photos', ago(800), 'failed');
    await store.incidents.raise(sampleAlert('failed', 0, { runId: told }));
    const open = await past.dryRun('films', ago(800));
    await past.run('photos', ago(400));
    await past.run('photos', ago(1));
    const waiting = {
      ...(await store.runs.get(open)),
      id: 'r-waiting',
      dryRun: false,
      state: 'awaiting',
    } as const;
    await store.runs.insert(waiting as never, {
      at: NOW.toISOString(),
      event: 'planned',
      actor: alice,
      source: 'cli',
      runId: 'r-waiting',
      intent: 'films',
      detail: null,
    });
    await prune(store, FEW);
    const left = await ids(store);
    expect([left.has(told), left.has('r-waiting'), left.has(open)]).toEqual([true, true, false]);
    expect(await store.artifacts.list('photos')).toHaveLength(1);
  });

  test('a run that was resumed keeps those whose steps it leaves alone', async () => {
    const store = await folder.open();
    const past = new PastRuns(store);
    const first = await past.run('steps', ago(500), 'failed');
    for (let again = 0; again < 5; again += 1) await past.run('steps', ago(450 - again), 'failed');
    const plan = { ...(await store.runs.get(first))?.plan, resumes: first };
    const resumed = {
      ...(await store.runs.get(first)),
      id: 'r-resumed',
      plan,
      state: 'failed',
      startedAt: ago(440).toISOString(),
    };
    await store.runs.insert(resumed as never, {
      at: NOW.toISOString(),
      event: 'x',
      actor: alice,
      source: 'cli',
      runId: 'r-resumed',
      intent: 'steps',
      detail: null,
    });
    await prune(store);
    const left = await ids(store);
    expect([left.has(first), left.has('r-resumed'), left.size]).toEqual([true, true, 4]);
  });

  test('by number as well, while others write', async () => {
    const store = await folder.open();
    const past = new PastRuns(store);
    await Promise.all(Array.from({ length: 300 }, () => past.run('photos', ago(1))));
    const writing = Promise.all(Array.from({ length: 20 }, () => past.run('films', ago(0))));
    const report = await prune(store, FEW);
    await writing;
    expect(report.runs).toBeGreaterThanOrEqual(200);
    expect((await ids(store)).size).toBeLessThanOrEqual(120);
    expect((await store.audit.verify()).problems).toEqual([]);
  });
});

describe('the audit trail in files', () => {
  const folder = dataFolder();
  const files = () => readdirSync(folder.file('audit')).sort();
  const path = (index: number) => folder.file(`audit/${files()[index]}`);
  const rewrite = (index: number, change: (lines: string[]) => string[]): void =>
    writeFileSync(
      path(index),
      `${change(readFileSync(path(index), 'utf8').trimEnd().split('\n')).join('\n')}\n`,
    );
  const problems = async () =>
    (await (await folder.open()).audit.verify()).problems.map(({ problem }) => problem);

  /** Two files of old rows, and young rows in the database. */
  async function moved(): Promise<void> {
    const store = await folder.open();
    const past = new PastRuns(store);
    for (let day = 0; day < 4; day += 1) await past.run('photos', ago(500 - day));
    expect((await prune(store)).auditRows).toBe(19);
    for (let day = 0; day < 4; day += 1) await past.run('photos', ago(300 - day));
    expect((await prune(store)).auditRows).toBe(20);
    await past.run('photos', ago(5));
    await store.close();
  }

  test('is one chain with the rows in the database', async () => {
    await moved();
    expect(files()[0]).toBe('000000001-000000019.jsonl');
    expect(statSync(path(0)).mode & 0o777).toBe(0o600);
    const store = await folder.open();
    expect(await store.audit.verify()).toEqual({ rows: 45, problems: [] });
    expect(await store.audit.look()).toBeNull();
    await new PastRuns(store, 1000).dryRun('films', NOW);
    expect(await store.audit.verify()).toEqual({ rows: 46, problems: [] });
  });

  test.each<[string, () => void, RegExp]>([
    [
      'a missing file',
      () => rmSync(path(0)),
      /^Rows 1 to 19 are missing: audit\/000000001-000000019\.jsonl can’t be read/,
    ],
    [
      'an edited row',
      () =>
        rewrite(0, (lines) => lines.map((line, at) => (at === 4 ? line.replace('photos', 'phones') : line))),
      /^Row 5 was edited/,
    ],
    ['rows in another order', () => rewrite(1, ([a = '', b = '', ...rest]) => [b, a, ...rest]), /^Row 2\d/],
    [
      'a line that is none',
      () => rewrite(0, (lines) => ['{}', ...lines]),
      /000000019\.jsonl was edited: a line of it is no row/,
    ],
    [
      'rows cut off',
      () => rewrite(0, (lines) => lines.slice(0, -3)),
      /000000019\.jsonl does not end with row 19/,
    ],
    [
      'a file in the place of another',
      () => writeFileSync(path(0), readFileSync(path(1))),
      /^Rows 1 to 19 are missing/,
    ],
  ])('%s is a problem with a name', async (_, tamper, text) => {
    await moved();
    tamper();
    expect(await problems()).toEqual(expect.arrayContaining([expect.stringMatching(text)]));
  });

  test('nothing is moved that audit.head does not vouch for', async () => {
    const store = await folder.open();
    const past = new PastRuns(store);
    for (let day = 0; day < 5; day += 1) await past.run('photos', ago(500 - day));
    writeFileSync(folder.file('audit.head'), 'hi');
    expect((await prune(store)).auditRows).toBe(0);
    expect(existsSync(folder.file('audit'))).toBe(false);
  });
});
