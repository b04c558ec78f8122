import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Phrase, phrase, plain } from '../../src/core/model/phrase.js';
import type { Expected, Plan, PlanPart, Unknown } from '../../src/core/model/plan.js';
import { expectedOf, median, stepKeys } from '../../src/core/planning/estimate.js';
import { paceAfter } from '../../src/core/planning/pace.js';
import {
  expectationLine,
  paceNotes,
  rateText,
  roundedMs,
  slowRunLine,
  timeLeftText,
} from '../../src/core/planning/pace-wording.js';
import type { PastPart } from '../../src/core/ports/history.js';

function past(tookMs: number, workBytes = 1000, stepsMs: PastPart['stepsMs'] = { Copy: tookMs }): PastPart {
  return { runId: 'r-1', finishedAt: '2026-11-22T14:00:00Z', tookMs, stepsMs, workBytes, artifactBytes: 1 };
}

const said = (line: Phrase | null): string | null => (line === null ? null : plain(line));

function planOf(...expected: readonly (Expected | Unknown | undefined)[]): Plan {
  const part = {
    intent: 'photos',
    kind: 'files',
    action: 'backup',
    stack: 'media',
    steps: [phrase`Copy all.`, phrase`Check it.`].map((title) => ({ title, commands: [] })),
    effects: [],
    touches: [],
    warnings: [],
    blockers: [],
    targets: null,
    data: null,
  } satisfies PlanPart;
  return {
    intent: 'photos',
    action: 'backup',
    stack: 'media',
    plannedAt: '2026-11-22T14:00:00Z',
    parts: expected.map((each) => (each === undefined ? part : { ...part, expected: each })),
    touches: [],
    fingerprint: '',
  };
}

const ONCE: Expected = { tookMs: 52_000, stepsMs: { Copy: 21_000, Check: 31_000 }, runs: 1, scaled: false };

describe('what is expected', () => {
  test('nothing without an earlier run, and nothing from runs with much more or less to do', () => {
    expect(expectedOf([], 1000)).toBe('first_run');
    expect(expectedOf([past(10_000, 2001), past(10_000, 499), past(10_000, 0)], 1000)).toBe('other_amount');
    expect(expectedOf([past(10_000, 1000)], 0)).toBe('other_amount');
  });

  test('one run: as it was, each step too', () => {
    expect(expectedOf([past(52_000, 1000, { Copy: 40_000, Check: 12_000 })], 1000)).toEqual({
      tookMs: 52_000,
      stepsMs: { Copy: 40_000, Check: 12_000 },
      runs: 1,
      scaled: false,
    });
  });

  test('of the last three the one in the middle: an odd one does not count', () => {
    const expected = expectedOf([past(50_000), past(900_000), past(54_000), past(1)], 1000);
    expect(expected).toMatchObject({ tookMs: 54_000, runs: 3, stepsMs: { Copy: 54_000 } });
  });

  test('more to do takes as much longer, and that is said', () => {
    expect(expectedOf([past(10_000, 1000)], 2000)).toMatchObject({ tookMs: 20_000, scaled: true });
    expect(expectedOf([past(10_000, 1000)], 1200)).toMatchObject({ tookMs: 12_000, scaled: false });
  });

  test('where nothing is moved, as in a scale, runs are alike', () => {
    expect(expectedOf([past(8000, 0)], 0)).toMatchObject({ tookMs: 8000, scaled: false });
  });

  test('it is never negative, and lies between the shortest and the longest run', () => {
    const times = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(times, (each) => {
        const expected = expectedOf(
          each.map((ms) => past(ms)),
          1000,
        );
        const last = each.slice(0, 3);
        return (
          typeof expected === 'object' &&
          expected.tookMs >= Math.min(...last) &&
          expected.tookMs <= Math.max(...last)
        );
      }),
    );
    expect(median([])).toBe(0);
    expect(median([-5])).toBe(0);
  });

  test('steps are known by their first word, whichever come before them', () => {
    const titles = [phrase`Pull ${{ code: 'a' }}`, phrase`Pull ${{ code: 'b' }}`, phrase`Check it.`];
    expect(stepKeys({ steps: titles.map((title) => ({ title, commands: [] })) })).toEqual([
      'Pull',
      'Pull 2',
      'Check',
    ]);
  });
});

describe('words', () => {
  test.each([
    ['as last time', [ONCE], 'Takes about 50 s, as last time.'],
    ['of three runs', [{ ...ONCE, runs: 3 }], 'Takes about 50 s, as in the last 3 runs.'],
    ['of more to do', [{ ...ONCE, scaled: true }], 'Takes about 50 s, judging by the last run.'],
    ['of two parts', [ONCE, { ...ONCE, runs: 2 }], 'Takes about 1 min 45 s, as last time.'],
    ['of a first run', ['first_run'], 'How long it takes is not known: there is no earlier run to go by.'],
    [
      'of one unknown part',
      [ONCE, 'first_run'],
      'How long it takes is not known: there is no earlier run to go by.',
    ],
    [
      'of another amount',
      ['other_amount'],
      'How long it takes is not known: no earlier run had about as much to do.',
    ],
    ['of a plan from before', [undefined], null],
    ['of a plan without parts', [], null],
  ] as const)('before it: %s', (_case, expected, text) => {
    expect(said(expectationLine(planOf(...expected)))).toBe(text);
  });

  test.each([
    [1, 'Takes about 2 min 30 s, as last time.'],
    [2, 'Takes about 1 min 45 s, as last time.'],
    [3, 'Takes about 50 s, as last time.'],
  ])('three steps, %s at once', (maxParallel, text) => {
    const nodes = ['a', 'b', 'c'].map((name, index) => {
      return { name, parts: [index], needs: [], when: null, onFailure: 'stop' } as const;
    });
    const plan = { ...planOf(ONCE, ONCE, ONCE), graph: { nodes, maxParallel } };
    expect(said(expectationLine(plan))).toBe(text);
  });

  test('a roll back is expected to take nothing that is known', () => {
    expect(expectationLine({ ...planOf(ONCE), undoes: 'r-1' })).toBeNull();
  });

  test.each([
    [180_000, ONCE, 'Slower than usual: it took 3 min, 52 s last time.'],
    [180_000, { ...ONCE, runs: 3 }, 'Slower than usual: it took 3 min, about 52 s in the last 3 runs.'],
    [180_000, { ...ONCE, scaled: true }, 'Slower than usual: it took 3 min, about 52 s was expected.'],
    [70_000, ONCE, null],
    [9000, { ...ONCE, tookMs: 1000 }, null],
    [180_000, 'first_run', null],
  ] as const)('after it: %d ms', (tookMs, expected, text) => {
    expect(said(slowRunLine(planOf(expected), tookMs))).toBe(text);
  });

  const at = (done: number, more: object = {}) =>
    ({ part: 0, step: 0, done, total: 2 ** 30, unit: 'bytes', ...more }) as const;
  const copying = paceAfter(paceAfter(null, at(0), 0), at(2 ** 28), 10_000);

  test('while it runs: rate and time left, by its own rate as soon as there is one', () => {
    const begun = paceAfter(null, at(0), 0);
    expect(rateText(begun, 1000)).toBeNull();
    expect(timeLeftText(planOf(ONCE), begun, 1000)).toBe('about 20 s left, as last time');
    expect(timeLeftText(planOf('first_run'), begun, 1000)).toBeNull();
    expect(rateText(copying, 10_000)).toBe('26 MiB/s');
    expect(timeLeftText(planOf(ONCE), copying, 10_000)).toBe('about 30 s left');
  });

  test('a step that counts nothing goes by earlier runs, and is silent once it takes longer', () => {
    const checking = paceAfter(null, { part: 0, step: 1 }, 0);
    expect(timeLeftText(planOf(ONCE), checking, 10_000)).toBe('about 20 s left, as last time');
    expect(timeLeftText(planOf(ONCE), checking, 31_000)).toBeNull();
  });

  test('stuck: no rate and no time left, but for how long and at what', () => {
    const stuck = paceAfter(copying, at(2 ** 28, { current: 'a/b`.db' }), 10_000);
    expect(rateText(stuck, 50_000)).toBeNull();
    expect(timeLeftText(planOf(ONCE), stuck, 50_000)).toBeNull();
    expect(paceNotes(planOf('first_run'), stuck, 50_000).map(plain)).toEqual([
      'Nothing moved for 40 s; last: a/b`.db',
    ]);
    expect(paceNotes(planOf('first_run'), copying, 50_000).map(plain)).toEqual(['Nothing moved for 40 s.']);
  });

  test('slow: how long it runs, and how long it took', () => {
    const slow = paceAfter(copying, at(2 ** 29), 45_000);
    expect(paceNotes(planOf(ONCE), slow, 45_000).map(plain)).toEqual([
      'Slower than usual: this step has run for 45 s, 21 s last time.',
    ]);
    expect(paceNotes(planOf(ONCE), slow, 30_000)).toEqual([]);
  });

  test('files are counted, not weighed', () => {
    const files = (done: number) => ({ part: 0, step: 0, done, unit: 'files' }) as const;
    expect(rateText(paceAfter(paceAfter(null, files(0), 0), files(12_000), 10_000), 10_000)).toBe(
      '1,200 files/s',
    );
  });

  test('an estimate is at least a second, is rounded the more the longer it is, and keeps the order', () => {
    expect([0, 400, 8400, 12_400, 70_000, 700_000, 7_000_000].map(roundedMs)).toEqual([
      1000, 1000, 8000, 10_000, 75_000, 720_000, 6_900_000,
    ]);
    const ms = fc.double({ min: 0, max: 10 ** 10, noNaN: true });
    fc.assert(fc.property(ms, ms, (a, b) => a > b || roundedMs(a) <= roundedMs(b)));
  });
});
