import { describe, expect, test } from '@jest/globals';
import { isWithin, momentText, nextOpening } from '../../../src/core/policy/calendar.js';
import { policyOf } from '../../support/policy.js';

function times(fields: string) {
  const [found] = policyOf(`roles: {}\nfreezes:\n  F: {${fields}}\n`).freezes;
  if (!found) throw new Error('no freeze');
  return found;
}

describe('within', () => {
  test.each([
    // 2026-11-22 is a Sunday.
    ['the first minute', 'from: 13:00, to: 14:00', '2026-11-22T13:00:00Z', true],
    ['the last minute', 'from: 13:00, to: 14:00', '2026-11-22T13:59:59Z', true],
    ['the minute after', 'from: 13:00, to: 14:00', '2026-11-22T14:00:00Z', false],
    ['the right day', 'days: sun', '2026-11-22T12:00:00Z', true],
    ['another day', 'days: [mon, sat]', '2026-11-22T12:00:00Z', false],
    ['a night, before midnight', 'days: sat, from: 23:00, to: 04:00', '2026-11-21T23:30:00Z', true],
    ['a night, after midnight', 'days: sat, from: 23:00, to: 04:00', '2026-11-22T03:59:00Z', true],
    ['a night that began on another day', 'days: sun, from: 23:00, to: 04:00', '2026-11-22T03:59:00Z', false],
    ['the day as another zone has it', 'days: mon, timezone: Asia/Kathmandu', '2026-11-22T18:15:00Z', true],
    ['just before it', 'days: mon, timezone: Asia/Kathmandu', '2026-11-22T18:14:00Z', false],
    ['the first day', 'first_day: 2026-11-22', '2026-11-22T00:00:00Z', true],
    ['the day before', 'first_day: 2026-11-22', '2026-11-21T23:59:00Z', false],
    ['the end of the last day', 'last_day: 2026-11-22', '2026-11-22T23:59:00Z', true],
    ['the day after the last', 'last_day: 2026-11-22', '2026-11-23T00:00:00Z', false],
    ['summer time', 'from: 09:00, to: 10:00, timezone: Europe/Berlin', '2026-07-01T07:30:00Z', true],
    ['winter time', 'from: 09:00, to: 10:00, timezone: Europe/Berlin', '2026-12-01T08:30:00Z', true],
    [
      'the hour that comes twice',
      'from: 02:00, to: 03:00, timezone: Europe/Berlin',
      '2026-10-25T01:30:00Z',
      true,
    ],
  ])('%s', (_, fields, at, expected) => {
    expect(isWithin(times(fields), new Date(at))).toBe(expected);
  });
});

describe('when it is over', () => {
  const over = (fields: string, now: string): string | undefined => {
    const freeze = times(fields);
    return nextOpening([freeze], new Date(now), (at) => !isWithin(freeze, at))?.toISOString();
  };

  test.each([
    ['today', 'from: 13:00, to: 15:30', '2026-11-22T14:00:00Z', '2026-11-22T15:30:00.000Z'],
    ['tomorrow', 'from: 23:00, to: 04:00', '2026-11-22T23:30:00Z', '2026-11-23T04:00:00.000Z'],
    ['after several whole days', 'days: [sat, sun]', '2026-11-21T12:00:00Z', '2026-11-23T00:00:00.000Z'],
    [
      'after the last day, far away',
      'first_day: 2026-11-01, last_day: 2027-01-02',
      '2026-11-22T12:00:00Z',
      '2027-01-03T00:00:00.000Z',
    ],
    [
      'with the clocks put forward meanwhile',
      'from: 01:00, to: 03:30, timezone: Europe/Berlin',
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'with an end that the clocks skip',
      'from: 01:00, to: 02:30, timezone: Europe/Berlin',
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'with the clocks put back meanwhile',
      'from: 01:00, to: 04:00, timezone: Europe/Berlin',
      '2026-10-25T00:30:00Z',
      '2026-10-25T03:00:00.000Z',
    ],
  ])('%s', (_, fields, now, expected) => {
    expect(over(fields, now)).toBe(expected);
  });

  test('never, when it never is', () => {
    expect(over('reason: Closed.', '2026-11-22T12:00:00Z')).toBeUndefined();
  });

  test('is said with day, time and zone', () => {
    expect(momentText(new Date('2026-11-28T01:05:00Z'), 'Europe/Berlin')).toBe(
      'Sat 28 Nov 02:05 (Europe/Berlin)',
    );
  });
});
