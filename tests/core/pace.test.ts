import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ProgressSnapshot } from '../../src/core/model/run.js';
import { elapsedMs, msLeft, type Pace, paceAfter, rateOf, stalledMs } from '../../src/core/planning/pace.js';

const MIB = 2 ** 20;
const START = Date.parse('2026-11-22T14:00:00Z');

/** Reports as milliseconds after the start and bytes done. */
function paceOf(reports: readonly (readonly [number, number])[], total?: number): Pace {
  const at = (done: number): ProgressSnapshot => ({
    part: 0,
    step: 1,
    done,
    unit: 'bytes',
    ...(total === undefined ? {} : { total }),
  });
  const pace = reports.reduce<Pace | null>(
    (before, [ms, done]) => paceAfter(before, at(done), START + ms),
    null,
  );
  if (pace === null) throw new Error('no reports');
  return pace;
}

/** A report each second, at the given rates, in MiB/s. */
function steady(rates: readonly number[], total = 10_000 * MIB): Pace {
  let done = 0;
  const reports = rates.map((rate, second) => {
    done += rate * MIB;
    return [(second + 1) * 1000, done] as const;
  });
  return paceOf([[0, 0], ...reports], total);
}

const seconds = (count: number, rate: number): number[] => Array.from({ length: count }, () => rate);

describe('the rate', () => {
  test('is what it is while it does not change', () => {
    const pace = steady(seconds(60, 50));
    expect(rateOf(pace, START + 60_000)).toBeCloseTo(50 * MIB, 0);
    expect(msLeft(pace, START + 60_000)).toBeCloseTo(140_000, 0);
  });

  test('follows a change within some seconds, other than the average of all', () => {
    const pace = steady([...seconds(600, 100), ...seconds(20, 10)], 100_000 * MIB);
    const average = (600 * 100 + 20 * 10) / 620;
    const rate = (rateOf(pace, START + 620_000) ?? 0) / MIB;
    expect(rate).toBeLessThan(average / 2);
    expect(rate).toBeGreaterThan(10);
  });

  test('is not told before it has settled, nor while nothing is counted', () => {
    expect(
      rateOf(
        paceOf([
          [0, 0],
          [2900, MIB],
        ]),
        START + 2900,
      ),
    ).toBeNull();
    expect(rateOf(paceAfter(null, { part: 0, step: 0, current: 'a' }, START), START + 60_000)).toBeNull();
    expect(
      msLeft(
        paceOf([
          [0, 0],
          [5000, MIB],
        ]),
        START + 5000,
      ),
    ).toBeNull();
  });

  test('starts anew when a tool counts anew, and with another step', () => {
    const again = paceOf(
      [
        [0, 0],
        [10_000, 900],
        [20_000, 0],
        [30_000, 100],
      ],
      1000,
    );
    expect(rateOf(again, START + 30_000)).toBeCloseTo(10, 5);
    const next = paceAfter(again, { part: 0, step: 2 }, START + 31_000);
    expect(elapsedMs(next, START + 33_000)).toBe(2000);
    expect(rateOf(next, START + 40_000)).toBeNull();
  });

  test('a thousand reports a second are thinned out', () => {
    const many = Array.from({ length: 60_000 }, (_, ms) => [ms, ms * 1000] as const);
    expect(paceOf(many).samples.length).toBeLessThan(150);
  });
});

describe('standstill', () => {
  const moving = steady(seconds(10, 50));

  test('is told once nothing moved for 30 s, and is over with the next byte', () => {
    expect(stalledMs(moving, START + 39_000)).toBeNull();
    expect(stalledMs(moving, START + 50_000)).toBe(40_000);
    const on = paceAfter(moving, { ...moving.at, done: (moving.at.done ?? 0) + 1 }, START + 50_000);
    expect(stalledMs(on, START + 50_000)).toBeNull();
  });

  test('a tool that reports once a minute does not stand still', () => {
    const seldom = paceOf(
      [
        [0, 0],
        [60_000, 10],
        [120_000, 20],
      ],
      100,
    );
    expect(stalledMs(seldom, START + 220_000)).toBeNull();
    expect(stalledMs(seldom, START + 301_000)).toBe(181_000);
  });

  test('the same figure again is no movement; another file is', () => {
    const same = paceAfter(moving, { ...moving.at }, START + 50_000);
    expect(stalledMs(same, START + 50_000)).toBe(40_000);
    const file = paceAfter(moving, { ...moving.at, current: 'next' }, START + 50_000);
    expect(stalledMs(file, START + 50_000)).toBeNull();
  });

  test('what is done, and what counts nothing, does not stand still', () => {
    expect(
      stalledMs(
        paceOf(
          [
            [0, 0],
            [1000, 100],
          ],
          100,
        ),
        START + 90_000,
      ),
    ).toBeNull();
    expect(stalledMs(paceAfter(null, { part: 0, step: 0 }, START), START + 90_000)).toBeNull();
  });
});

describe('whatever is reported', () => {
  const reports = fc
    .array(fc.tuple(fc.integer({ min: -5000, max: 90_000 }), fc.integer({ min: 0, max: 2 ** 40 })), {
      minLength: 1,
      maxLength: 60,
    })
    .map((steps) => {
      let at = 0;
      return steps.map(([ms, done]) => {
        at += ms;
        return [at, done] as const;
      });
    });
  const later = fc.integer({ min: -60_000, max: 600_000 });

  test('no rate, time left or standstill is negative or no number', () => {
    fc.assert(
      fc.property(
        reports,
        fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined }),
        later,
        (all, total, ms) => {
          const pace = paceOf(all, total);
          const now = START + (all.at(-1)?.[0] ?? 0) + ms;
          for (const value of [
            rateOf(pace, now),
            msLeft(pace, now),
            stalledMs(pace, now),
            elapsedMs(pace, now),
          ]) {
            if (value !== null && !(Number.isFinite(value) && value >= 0)) return false;
          }
          return true;
        },
      ),
    );
  });

  test('a rate lies between the slowest and the fastest second', () => {
    const rates = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 5, maxLength: 120 });
    fc.assert(
      fc.property(rates, (each) => {
        const rate = (rateOf(steady(each, 10 ** 9 * MIB), START + each.length * 1000) ?? 0) / MIB;
        return rate >= Math.min(...each) - 1e-6 && rate <= Math.max(...each) + 1e-6;
      }),
    );
  });

  test('the more is done at the same instants, the less time is left', () => {
    const rates = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 100 }), (each, more) => {
        const now = START + each.length * 1000;
        const slow = msLeft(steady(each), now) ?? 0;
        const fast = msLeft(steady(each.map((rate) => rate + more)), now) ?? 0;
        return fast < slow;
      }),
    );
  });

  test('at a steady rate the time left goes down, by as much as passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 5, max: 100 }), (rate, count) => {
        const [before, then] = [count, count + 5].map((many) =>
          msLeft(steady(seconds(many, rate)), START + many * 1000),
        );
        return Math.abs((before ?? 0) - (then ?? 0) - 5000) < 1;
      }),
    );
  });
});
