import { describe, expect, test } from '@jest/globals';
import { timetableOf } from '../../../src/core/documents/timetable.js';
import type { Timing } from '../../../src/core/model/schedule.js';
import { changesBetween, dueMinutes, type Pattern } from './zone-clock.js';

const FROM = Date.UTC(2026, 10, 1);
const TO = Date.UTC(2036, 10, 1);
const DAY = 86_400_000;

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'UTC'] as const;
/** Two a year in ten years, where there are any. */
const CHANGES = { 'Europe/Berlin': 20, 'America/New_York': 20, 'Asia/Kathmandu': 0, UTC: 0 } as const;

/** Around the hours at which the clocks of both zones change, and far from them. */
const PATTERNS: readonly Pattern[] = [
  { cron: '30 2 * * *', fits: (at) => at.minute === 30 && at.hour === 2, fixed: 30 },
  { cron: '0 2 * * *', fits: (at) => at.minute === 0 && at.hour === 2, fixed: 0 },
  { cron: '0 3 * * *', fits: (at) => at.minute === 0 && at.hour === 3, fixed: 0 },
  { cron: '30 1 * * *', fits: (at) => at.minute === 30 && at.hour === 1, fixed: 30 },
  { cron: '59 1 * * 0', fits: (at) => at.minute === 59 && at.hour === 1 && at.weekday === 0, fixed: 59 },
  { cron: '15 12 1 * *', fits: (at) => at.minute === 15 && at.hour === 12 && at.day === 1, fixed: 15 },
  {
    cron: '0 4 29 2 *',
    fits: (at) => at.minute === 0 && at.hour === 4 && at.day === 29 && at.month === 2,
    fixed: 0,
  },
  { cron: '*/15 * * * *', fits: (at) => at.minute % 15 === 0, fixed: null },
  { cron: '0 * * * *', fits: (at) => at.minute === 0, fixed: null },
  { cron: '*/20 2 * * *', fits: (at) => at.minute % 20 === 0 && at.hour === 2, fixed: null },
  {
    cron: '*/30 1-3 * * *',
    fits: (at) => at.minute % 30 === 0 && at.hour >= 1 && at.hour <= 3,
    fixed: null,
  },
];

function timesOf(timing: Timing, from: number, to: number): number[] {
  const table = timetableOf(timing);
  const times: number[] = [];
  for (let at = table.next(new Date(from - 1)); at !== null && at.getTime() < to; at = table.next(at)) {
    times.push(at.getTime());
  }
  return times;
}

const iso = (times: readonly number[]): string[] => times.map((at) => new Date(at).toISOString());

describe.each(ZONES)('ten years in %s', (timezone) => {
  const changes = changesBetween(timezone, FROM, TO);

  test('has the changes of the clock that its law says', () => {
    expect(changes).toHaveLength(CHANGES[timezone]);
  });

  test.each(PATTERNS)('$cron: two days around each change, to the minute', (pattern) => {
    const timing: Timing = { kind: 'cron', cron: pattern.cron, timezone };
    for (const change of changes) {
      const [from, to] = [change - DAY, change + DAY];
      expect(iso(timesOf(timing, from, to))).toEqual(iso(dueMinutes(pattern, timezone, from, to)));
    }
  });

  test.each(['30 2 * * *', '30 1 * * *', '0 4 29 2 *'])('%s: every time of the ten years', (cron) => {
    const pattern = PATTERNS.find((one) => one.cron === cron);
    if (!pattern) throw new Error(`no pattern ${cron}`);
    const timing: Timing = { kind: 'cron', cron, timezone };
    expect(iso(timesOf(timing, FROM, TO))).toEqual(iso(dueMinutes(pattern, timezone, FROM, TO)));
  });

  test('backwards from each change as forwards', () => {
    for (const { cron } of PATTERNS) {
      const table = timetableOf({ kind: 'cron', cron, timezone });
      for (const change of changes.slice(0, 4)) {
        for (const until of [change - 1, change, change + 3_600_000, change + DAY]) {
          const last = table.last(new Date(until), 5);
          const forwards = timesOf({ kind: 'cron', cron, timezone }, last[0]?.getTime() ?? until, until + 1);
          expect(iso(last.map(Number))).toEqual(iso(forwards));
        }
      }
    }
  });
});

describe('an interval', () => {
  test.each([1, 7, 60, 3600, 86_400])(
    'of %i s keeps to multiples of it since 1970, in every zone',
    (seconds) => {
      const table = timetableOf({ kind: 'interval', seconds });
      const start = new Date('2027-03-28T00:59:58.500Z');
      const next = table.next(start);
      expect(((next?.getTime() ?? 0) / 1000) % seconds).toBe(0);
      expect((next?.getTime() ?? 0) - start.getTime()).toBeLessThanOrEqual(seconds * 1000);
      expect(table.last(next ?? start, 3).map(Number)).toEqual(
        [2, 1, 0].map((back) => (next?.getTime() ?? 0) - back * seconds * 1000),
      );
      expect(table.next(next ?? start)?.getTime()).toBe((next?.getTime() ?? 0) + seconds * 1000);
    },
  );
});
