import type { Times } from '../model/policy.js';
import { formatOf } from '../text/time-zone.js';

const MINUTE = 60_000;
const DAY = 24 * 60;
/** How far ahead the next opening is looked for. */
const DAYS_AHEAD = 15;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A moment as clocks and calendars of a time zone show it. */
interface Local {
  /** `2026-12-20` */
  readonly date: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Of the day. */
  readonly minute: number;
}

function localOf(at: Date, timezone: string): Local {
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return { date, weekday: weekdayOf(date), minute: Number(part('hour')) * 60 + Number(part('minute')) };
}

function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY * MINUTE).toISOString().slice(0, 10);
}

/** The moment at which a zone's clocks show this; beside the jump where they never do. */
function momentOf(date: string, minute: number, timezone: string): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minute * MINUTE;
  let moment = wanted;
  for (let round = 0; round < 2; round += 1) {
    const shown = localOf(new Date(moment), timezone);
    moment += wanted - (Date.parse(`${shown.date}T00:00:00Z`) + shown.minute * MINUTE);
  }
  return new Date(moment);
}

function beginsOn(times: Times, date: string): boolean {
  const { days, firstDay, lastDay } = times;
  return (
    days.includes(weekdayOf(date)) &&
    (firstDay === null || date >= firstDay) &&
    (lastDay === null || date <= lastDay)
  );
}

/** Is this moment within the times? Its first minute belongs to them, the minute `to` no longer. */
export function isWithin(times: Times, at: Date): boolean {
  const { from, to, timezone } = times;
  const { date, minute } = localOf(at, timezone);
  if (from < to) return beginsOn(times, date) && minute >= from && minute < to;
  return (beginsOn(times, date) && minute >= from) || (beginsOn(times, plusDays(date, -1)) && minute < to);
}

/** Moments after `now`, in order, at which these times begin or end. */
function turns(times: Times, now: Date): readonly Date[] {
  const { from, to, timezone, lastDay } = times;
  const { date: today } = localOf(now, timezone);
  const days = Array.from({ length: DAYS_AHEAD + 2 }, (_, index) => plusDays(today, index - 1));
  if (lastDay !== null) days.push(lastDay);
  return days.flatMap((day) => [
    momentOf(day, from, timezone),
    momentOf(from < to ? day : plusDays(day, 1), to, timezone),
  ]);
}

/** When `isOpen` next holds, among the moments at which any of the times begin or end; null: not in two weeks. */
export function nextOpening(all: readonly Times[], now: Date, isOpen: (at: Date) => boolean): Date | null {
  const moments = all.flatMap((times) => turns(times, now)).sort((a, b) => a.getTime() - b.getTime());
  return moments.find((moment) => moment > now && isOpen(moment)) ?? null;
}

/** `Sat 28 Nov 02:00 (Europe/Berlin)` */
export function momentText(at: Date, timezone: string): string {
  const { date, weekday, minute } = localOf(at, timezone);
  const month = new Date(`${date}T00:00:00Z`).toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' });
  const pad = (value: number): string => String(value).padStart(2, '0');
  const clock = `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
  return `${WEEKDAYS[weekday]} ${Number(date.slice(8))} ${month} ${clock} (${timezone})`;
}
