import { createHash } from 'node:crypto';
import type { Schedule, Timing } from '../model/schedule.js';
import { lastOfCron, nextOfCron } from './cron.js';

/** When something comes up. */
export interface Timetable {
  /** The first time after this instant; null: never again. */
  next(after: Date): Date | null;
  /** The last times up to this instant and with it, oldest first. */
  last(until: Date, most: number): readonly Date[];
}

/** A time of a schedule, and when its run begins: jitter delays it. */
export interface DueTime {
  readonly due: Date;
  readonly startsAt: Date;
}

const known = new WeakMap<Timing, Timetable>();

export function timetableOf(timing: Timing): Timetable {
  const there = known.get(timing);
  if (there) return there;
  const made = timing.kind === 'cron' ? ofCron(timing.cron, timing.timezone) : ofInterval(timing.seconds);
  known.set(timing, made);
  return made;
}

function ofCron(cron: string, timezone: string): Timetable {
  const [next, last] = [nextOfCron(cron, timezone), lastOfCron(cron, timezone)];
  return {
    next,
    // The cron's own seconds are whole, and so is the one that must still be counted.
    last: (until, most) =>
      [...last(new Date(Math.floor(until.getTime() / 1000) * 1000 + 1000), most)].reverse(),
  };
}

function ofInterval(seconds: number): Timetable {
  const step = seconds * 1000;
  const upTo = (at: Date): number => Math.floor(at.getTime() / step) * step;
  return {
    next: (after) => new Date(upTo(after) + step),
    last: (until, most) =>
      Array.from({ length: most }, (_, index) => new Date(upTo(until) - (most - 1 - index) * step)),
  };
}

/**
 * The next times of a schedule whose runs have not begun by `now`, at most `most`. With jitter the first of them
 * may have come already; up to `dealtWith` they have been dealt with.
 */
export function nextDues(schedule: Schedule, dealtWith: Date, now: Date, most: number): readonly DueTime[] {
  const dues: DueTime[] = [];
  const table = timetableOf(schedule.timing);
  const earliest = now.getTime() - schedule.jitterSeconds * 1000;
  const after = new Date(Math.min(Math.max(earliest, dealtWith.getTime()), now.getTime()));
  for (let due = table.next(after); due !== null && dues.length < most; due = table.next(due)) {
    const time = startOf(schedule, due);
    if (time.startsAt > now) dues.push(time);
  }
  return dues;
}

/**
 * The times after `after` whose runs should have begun by `now`, oldest first; of many the newest `most`. A time
 * waits for those before it, whatever their jitter.
 */
export function duesBetween(schedule: Schedule, after: Date, now: Date, most: number): readonly DueTime[] {
  const dues: DueTime[] = [];
  const table = timetableOf(schedule.timing);
  let next = firstAfter(schedule, after);
  while (next !== null && next.startsAt <= now) {
    dues.push(next);
    if (dues.length > most) return newest(schedule, now, most);
    const due = table.next(next.due);
    next = due && startOf(schedule, due);
  }
  return dues;
}

/** Walking through all that a long time holds would take long too. */
function newest(schedule: Schedule, now: Date, most: number): readonly DueTime[] {
  const dues = timetableOf(schedule.timing)
    .last(now, most)
    .map((due) => startOf(schedule, due));
  const future = dues.findIndex(({ startsAt }) => startsAt > now);
  return future === -1 ? dues : dues.slice(0, future);
}

/** The last answers: it is asked every second, and the answer stays the same until a time has come. */
const firsts = new WeakMap<Schedule, { readonly after: number; readonly first: DueTime | null }>();

function firstAfter(schedule: Schedule, after: Date): DueTime | null {
  const known = firsts.get(schedule);
  if (known?.after === after.getTime()) return known.first;
  const due = timetableOf(schedule.timing).next(after);
  const first = due && startOf(schedule, due);
  firsts.set(schedule, { after: after.getTime(), first });
  return first;
}

/** The delay comes from the name and the time, so that it is the same after a restart. */
function startOf({ name, jitterSeconds }: Schedule, due: Date): DueTime {
  if (jitterSeconds === 0) return { due, startsAt: due };
  const digest = createHash('sha256').update(`${name}\n${due.toISOString()}`).digest();
  const share = digest.readUInt32BE(0) / 2 ** 32;
  return { due, startsAt: new Date(due.getTime() + Math.floor(share * jitterSeconds * 1000)) };
}
