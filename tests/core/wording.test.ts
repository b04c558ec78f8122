import { describe, expect, test } from '@jest/globals';
import { phrase, plain } from '../../src/core/model/phrase.js';
import type { Plan, PlanPart } from '../../src/core/model/plan.js';
import { RUN_STATES, stateText } from '../../src/core/model/run.js';
import {
  amountText,
  durationMs,
  durationText,
  headline,
  includesLine,
  numberedSteps,
  percentDone,
  progressBar,
  stateSymbol,
  stepText,
  waitingLine,
} from '../../src/core/model/wording.js';

const GIB = 2 ** 30;
const at = { part: 0, step: 0 };

function part(intent: string, ...titles: string[]): PlanPart {
  return {
    intent,
    kind: 'files',
    action: 'backup',
    stack: 'media',
    steps: titles.map((title) => ({ title: phrase`${title}`, commands: [] })),
    effects: [],
    touches: [],
    warnings: [],
    blockers: [],
    targets: null,
    data: null,
  };
}

function planOf(...parts: PlanPart[]): Plan {
  return {
    intent: 'photos',
    action: 'backup',
    stack: 'media',
    plannedAt: '2026-11-22T14:00:00.000Z',
    parts,
    touches: [],
    fingerprint: '',
  };
}

describe('headlines', () => {
  test.each([
    ['succeeded', '✅', 'Backup succeeded'],
    ['failed', '❌', 'Backup failed'],
    ['rolled_back', '↩', 'Backup rolled back'],
    ['interrupted', '⏸', 'Backup interrupted'],
    ['expired', '⏳', 'Backup expired'],
    ['refused', '🔒', 'Backup refused'],
    ['plan_changed', '🔁', 'Backup not run, something changed'],
    ['awaiting', '❔', 'Backup waits for an answer'],
  ] as const)('%s', (state, symbol, title) => {
    expect(headline({ action: 'backup', state, startedAt: null })).toEqual({ symbol, title });
  });

  test('no two states share a symbol', () => {
    expect(new Set(RUN_STATES.map(stateSymbol)).size).toBe(RUN_STATES.length);
  });

  test('an ended run’s title holds its state in words', () => {
    for (const state of [
      'succeeded',
      'failed',
      'rolled_back',
      'cancelled',
      'expired',
      'refused',
      'interrupted',
    ])
      expect(headline({ action: 'scale', state: state as 'failed', startedAt: null }).title).toContain(
        stateText(state as 'failed'),
      );
  });
});

describe('durations', () => {
  const run = { startedAt: '2026-11-22T14:00:00.000Z', finishedAt: '2026-11-22T14:00:52.000Z' };

  test('from the first step to the end', () => {
    expect(durationMs(run)).toBe(52_000);
    expect(durationText({ ...run, state: 'succeeded' })).toBe('in 52 s');
    expect(durationText({ ...run, state: 'failed' })).toBe('after 52 s');
  });

  test('none for a run that never began or has not ended; never negative', () => {
    expect(durationMs({ ...run, startedAt: null })).toBeNull();
    expect(durationText({ ...run, finishedAt: null, state: 'running' })).toBeNull();
    expect(durationMs({ startedAt: run.finishedAt, finishedAt: run.startedAt })).toBe(0);
  });
});

describe('steps', () => {
  const plan = planOf(part('films', 'Copy.', 'Check.'), part('photos', 'Copy.'));

  test('are numbered over all parts', () => {
    expect(numberedSteps(plan).map(({ number, part: of, step }) => [number, of, step])).toEqual([
      [1, 0, 0],
      [2, 0, 1],
      [3, 1, 0],
    ]);
    expect(stepText(plan, { part: 1, step: 0 })).toBe('step 3 of 3');
    expect(stepText(plan, { part: 1, step: 1 })).toBeNull();
  });

  test('of other intents are announced', () => {
    const line = includesLine(plan);
    expect(line && plain(line)).toBe('Runs films first, because photos depends on it.');
    const two = includesLine(planOf(part('a'), part('b'), part('b'), part('photos')));
    expect(two && plain(two)).toBe('Runs a, b first, because photos depends on them.');
    expect(includesLine(planOf(part('photos')))).toBeNull();
  });
});

test('who is in the way', () => {
  const run = { id: 'r-2', stack: 'media' };
  expect(waitingLine(run, [])).toBeNull();
  const [one, two] = [waitingLine(run, ['r-1']), waitingLine(run, ['r-1', 'r-3'])];
  expect(one && plain(one)).toBe('media is busy: r-1 has not ended. r-2 starts when it ends.');
  expect(two && plain(two)).toBe('media is busy: r-1, r-3 have not ended. r-2 starts when they end.');
});

describe('progress', () => {
  test.each([
    [{ done: 1.04 * GIB, total: 1.8 * GIB, unit: 'bytes' }, '1.0 of 1.8 GiB', 57],
    [{ done: 200 * 2 ** 20, total: 2 * GIB, unit: 'bytes' }, '200 MiB of 2.0 GiB', 9],
    [{ done: 12, total: 20_000, unit: 'files' }, '12 of 20,000 files', 0],
    [{ done: 1, unit: 'files' }, '1 file so far', null],
    [{ done: 1024, unit: 'bytes' }, '1.0 KiB so far', null],
    [{ done: 0, total: 0, unit: 'bytes' }, '0 of 0 B', null],
    [{ done: 30, total: 10, unit: 'files' }, '30 of 10 files', 100],
    [{}, null, null],
  ] as const)('%j', (progress, amount, percent) => {
    expect([amountText({ ...at, ...progress }), percentDone({ ...at, ...progress })]).toEqual([
      amount,
      percent,
    ]);
  });

  test.each([
    [0, '░░░░'],
    [50, '██░░'],
    [100, '████'],
    [140, '████'],
    [-3, '░░░░'],
  ])('a bar at %i %%', (percent, bar) => {
    expect(progressBar(percent, 4)).toBe(bar);
  });
});
