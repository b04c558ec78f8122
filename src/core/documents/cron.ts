import { Cron } from 'croner';
import { visible } from '../text/visible.js';
import type { Fault } from './forms.js';

/** Minute, hour, day, month and weekday, with seconds before them or without; or a nickname. */
const FORM = /^(@[a-z]+|\S+( +\S+){4,5})$/;
const LONGEST = 200;
const HINT = 'Write minute, hour, day, month and weekday, such as 0 3 * * * for every night at 3.';

/** Why this is no cron expression; null: it is one that comes up some day. */
export function cronFault(expression: string): Fault | null {
  if (expression.length > LONGEST || !FORM.test(expression)) {
    return { why: 'a cron expression has five fields, or six with seconds first', hint: HINT };
  }
  try {
    if (cronOf(expression, 'UTC').nextRun(new Date(0)) !== null) return null;
    return { why: 'there is no such day', hint: 'Look at the day and the month.' };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const what = visible(said.replace(/^CronPattern: /, '').replace(/\.$/, ''));
    return { why: `it is no cron expression: ${what.charAt(0).toLowerCase()}${what.slice(1)}`, hint: HINT };
  }
}

/** The first time after an instant; null: never again. */
export function nextOfCron(expression: string, timezone: string): (after: Date) => Date | null {
  const cron = cronOf(expression, timezone);
  return (after) => cron.nextRun(after);
}

/** The last times before an instant, newest first. */
export function lastOfCron(
  expression: string,
  timezone: string,
): (before: Date, most: number) => readonly Date[] {
  const cron = cronOf(expression, timezone);
  return (before, most) => cron.previousRuns(most, before);
}

/**
 * Without a function croner only computes. A fixed time that a change to summer time leaps over comes at the end
 * of the leap; one that a change to winter time repeats comes once; wildcards follow the clock through both.
 */
function cronOf(expression: string, timezone: string): Cron {
  return new Cron(expression, { timezone, mode: '5-or-6-parts' });
}
