import * as z from 'zod';
import { CATCH_UPS, OVERLAPS } from '../model/schedule.js';
import { cronFault } from './cron.js';
import { checked, described, seconds, text, wholeNumber } from './forms.js';
import { anyName, timezone } from './policy-forms.js';

const A_YEAR = 366 * 86_400;
const LONGEST_JITTER = 86_400;

/** When and how something runs by itself; the same in an intent and in the schedules file. */
const WHEN = {
  cron: described(
    checked(cronFault).optional(),
    'Minute, hour, day, month and weekday; with a sixth field, seconds come first.',
    '0 3 * * *',
  ),
  interval_seconds: described(
    wholeNumber(1, A_YEAR).optional(),
    'Instead of cron: every so many seconds, counted from 1970-01-01 00:00 UTC.',
    3600,
  ),
  timezone: described(timezone.optional(), 'Where the cron expression’s clock hangs.', 'Europe/Berlin'),
  jitter: described(
    seconds(LONGEST_JITTER, 0).default(0),
    'Each run begins up to so many seconds later, so that not all begin at once.',
    '5m',
  ),
  catch_up: described(
    z.enum(CATCH_UPS).default('latest'),
    'Runs that were missed while the bot was down: the latest runs once, none does, or all do.',
    'latest',
  ),
  overlap: described(
    z.enum(OVERLAPS).default('skip'),
    'A time at which the run before has not ended is skipped, or its run waits.',
    'skip',
  ),
  dry_run: described(z.boolean().default(false), 'Only make the plan; nothing is changed.', true),
  enabled: described(z.boolean().default(true), 'false: it never runs by itself.', false),
  params: described(
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    'Values for the intent’s parameters.',
  ),
};

/** An intent's own schedule. */
export const OwnSchedule = z.object(WHEN);

/** One entry of the schedules file. */
export const FileSchedule = z.object({
  name: described(anyName, 'How it is called in lists, in the policy and in the history.', 'nightly-plex'),
  intent: described(
    text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, () => ({
      why: 'it is no name of an intent',
      hint: 'Write the name of the intent’s file without its ending.',
    })),
    'What runs: the intent’s name, to the letter.',
    'backup_plex_database',
  ),
  ...WHEN,
});
