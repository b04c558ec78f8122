import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Figure, isMet } from '../../bench/support/figures.js';
import { multiplyRuns } from '../../bench/support/history.js';
import { inScope } from '../../bench/support/scope.js';
import { quantile } from '../../bench/support/stats.js';
import { permuted } from '../../bench/support/subjects.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { sampleAudit, sampleRun } from '../store/samples.js';

test('a quantile is a sample: the smallest that so many are not above', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 99, 100]);
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
});

test('six rounds ask three subjects in each of their orders', () => {
  const orders = [0, 1, 2, 3, 4, 5].map((round) => permuted(['a', 'b', 'c'], round).join(''));
  expect([...orders].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  expect(permuted(['a', 'b', 'c'], 6).join('')).toBe(orders[0]);
});

test.each([
  [{ value: 1.5, atMost: 1.5 }, true],
  [{ value: 1.51, atMost: 1.5 }, false],
  [{ value: 0.7, atLeast: 0.7 }, true],
  [{ value: 0.69, atLeast: 0.7 }, false],
  [{ value: Number.NaN, atMost: 1 }, false],
])('the target of %j is met: %s', (judged, met) => {
  const figure: Figure = { what: '', unit: 'ms', values: {}, judged: { what: '', ...judged } };
  expect(isMet(figure)).toBe(met);
});

test('a scope undoes everything backwards, also after failures, and removes its folder', async () => {
  const undone: string[] = [];
  let dir = '';
  const work = inScope(async (scope) => {
    dir = scope.dir;
    scope.defer(() => undone.push('first'));
    scope.defer(() => Promise.reject(new Error('on purpose')));
    scope.defer(() => undone.push(existsSync(dir) ? 'last, the folder still there' : 'last'));
    throw new Error('the part failed');
  });
  await expect(work).rejects.toThrow('the part failed');
  expect(undone).toEqual(['last, the folder still there', 'first']);
  expect(existsSync(dir)).toBe(false);
});

test('a multiplied history is one that the store takes for its own', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'chatops-bench-test-'));
  try {
    const first = await openSqliteStore({ dataDir });
    const run = sampleRun();
    await first.runs.insert(run, sampleAudit());
    await first.close();
    await multiplyRuns(dataDir, 500);
    const store = await openSqliteStore({ dataDir });
    const runs = await store.runs.list({ limit: 1000 });
    expect(new Set(runs.map(({ id }) => id)).size).toBe(500);
    const [newest] = runs;
    expect(await store.runs.get(newest?.id ?? '')).toEqual({ ...run, id: newest?.id });
    // The next row is sealed: the head that was written is the last row's.
    const before = (await store.audit.list(1))[0]?.seq ?? 0;
    await store.audit.append(sampleAudit());
    await store.close();
    const head: unknown = JSON.parse(readFileSync(join(dataDir, 'audit.head'), 'utf8'));
    expect(head).toMatchObject({ count: before + 1 });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
