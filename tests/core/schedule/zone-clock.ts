/**
 * What the clocks of a time zone show, minute by minute, by `Intl` alone: an oracle that knows nothing of cron
 * libraries. Offsets of the four zones of the tests are whole minutes, and change at full minutes.
 */
const MINUTE = 60_000;

/** What a clock shows at an instant. */
export interface Shown {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  /** 1 to 12. */
  readonly month: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clocks are ahead of UTC, in minutes. */
export function offsetAt(zone: string, at: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** The instants at which the offset changes, each the first minute of the new one. */
export function changesBetween(zone: string, from: number, to: number): readonly number[] {
  const found: number[] = [];
  const step = 6 * 60 * MINUTE;
  for (let at = from; at < to; at += step) {
    if (offsetAt(zone, at) === offsetAt(zone, at + step)) continue;
    let [before, after] = [at, at + step];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (offsetAt(zone, middle) === offsetAt(zone, before)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

/** What the clock shows when it is `offset` minutes ahead of UTC. */
export function shownAt(at: number, offset: number): Shown {
  const clock = new Date(at + offset * MINUTE);
  return {
    minute: clock.getUTCMinutes(),
    hour: clock.getUTCHours(),
    day: clock.getUTCDate(),
    month: clock.getUTCMonth() + 1,
    weekday: clock.getUTCDay(),
  };
}

/** A cron expression, and when a clock face fits it. */
export interface Pattern {
  readonly cron: string;
  readonly fits: (shown: Shown) => boolean;
  /**
   * The minute of the hour, for one time of the day without a wildcard: an hour that comes twice has it once, one
   * that is left out makes it late. Null: wildcards.
   */
  readonly fixed: number | null;
}

/**
 * Every minute between two instants at which the pattern is due, by the rule of the docs: wildcards follow the
 * clock; a fixed time comes once in an hour that is repeated, and at the end of an hour that is left out.
 */
export function dueMinutes(pattern: Pattern, zone: string, from: number, to: number): readonly number[] {
  const due: number[] = [];
  const changes = [...changesBetween(zone, from, to)];
  let offset = offsetAt(zone, from);
  let repeatedUntil = Number.NEGATIVE_INFINITY;
  for (let at = from; at < to; at += MINUTE) {
    let leapt = false;
    if (changes[0] === at) {
      changes.shift();
      const next = offsetAt(zone, at);
      if (next < offset) repeatedUntil = at + (offset - next) * MINUTE;
      else {
        for (let skipped = offset; skipped < next; skipped += 1) {
          const shown = shownAt(at + (skipped - offset) * MINUTE, offset);
          if (pattern.fixed !== null && pattern.fits(shown)) leapt = true;
        }
      }
      offset = next;
    }
    // Most minutes of ten years are not worth a look at the calendar.
    if (!leapt && pattern.fixed !== null && (at / MINUTE + offset) % 60 !== pattern.fixed) continue;
    const repeated = pattern.fixed !== null && at < repeatedUntil;
    if (leapt || (!repeated && pattern.fits(shownAt(at, offset)))) due.push(at);
  }
  return due;
}
