import * as z from 'zod';
import { CATCH_UPS, OVERLAPS } from '../../../core/model/schedule.js';
import { Attended } from './request-schemas.js';
import { ActorView, Parameter } from './schemas.js';

const time = z.iso.datetime().describe('ISO 8601, UTC');

const HoldingView = z
  .looseObject({ name: z.string(), freeze: z.boolean(), until: time.nullable() })
  .meta({ id: 'Holding', description: 'A freeze that is on, or a window that is shut.' });

export const ScheduleView = z
  .looseObject({
    name: z.string(),
    intent: z.string(),
    action: z.string().nullable().describe('null: there is no such intent'),
    stack: z.string().nullable(),
    enabled: z.boolean(),
    paused: z.looseObject({ by: ActorView, at: time }).nullable(),
    when: z.string(),
    cron: z.string().nullable(),
    interval_seconds: z.int().nullable(),
    timezone: z.string().nullable(),
    jitter: z.int(),
    catch_up: z.enum(CATCH_UPS),
    overlap: z.enum(OVERLAPS),
    dry_run: z.boolean(),
    params: z.record(z.string(), Parameter),
    next: z.array(time).describe('The next three times; none while it is paused or not enabled'),
    next_held: z.array(HoldingView.nullable()).describe('What will hold each of them back'),
    waiting: z.int().describe('Times that have come and whose runs have not begun'),
    held: HoldingView.nullable().describe('What holds them back'),
    last: z
      .looseObject({
        due: time,
        byHand: z.boolean(),
        run: z.string().nullable(),
        state: z.string().nullable(),
        reason: z.string().nullable(),
        finishedAt: time.nullable(),
      })
      .nullable(),
    missed: z.int().describe('Times at which the bot was down'),
    missedAt: time.nullable(),
    skipped: z.int().describe('Times at which the run before had not ended'),
    file: z.string(),
  })
  .meta({ id: 'Schedule' });

export const ReloadAnswer = z
  .looseObject({
    ok: z.boolean(),
    schedules: z.int(),
    added: z.array(z.string()),
    changed: z.array(z.string()),
    removed: z.array(z.string()),
    problems: z.array(
      z.looseObject({
        file: z.string(),
        line: z.int(),
        column: z.int(),
        field: z.string(),
        message: z.string(),
        hint: z.string(),
      }),
    ),
  })
  .meta({ id: 'ReloadAnswer' });

export const RunNowBody = z
  .strictObject({
    name: z.string().min(1).max(200).describe('The schedule’s name, to the letter'),
    dry_run: z.boolean().default(false).describe('Stop after the plan, also where the schedule would not'),
    attended: Attended,
    confirm: z
      .string()
      .max(200)
      .optional()
      .describe('The intent’s name, when a run deletes so much that it is asked for'),
  })
  .meta({ id: 'RunNowRequest', examples: [{ name: 'nightly-plex' }] });
