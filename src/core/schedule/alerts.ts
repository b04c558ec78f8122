import { denialAlert, notBegunAlert } from '../model/alert-rules.js';
import type { NewAlert } from '../model/incident.js';
import type { Intent } from '../model/intent.js';
import { code, moment, type Phrase, phrase } from '../model/phrase.js';
import type { Notice, ReasonCode } from '../model/reasons.js';
import { type Schedule, scheduleActor } from '../model/schedule.js';
import { CATCH_UP_MOST, type DuePlan } from './plan-dues.js';

/** Runs were missed because no bot was there. The next success of the intent ends it. */
export function missedAlert(
  schedule: Schedule,
  intent: Intent | null,
  missed: NonNullable<DuePlan['missed']>,
  at: Date,
): NewAlert {
  const { count, first, runs } = missed;
  const many =
    count > CATCH_UP_MOST ? `More than ${CATCH_UP_MOST} runs` : count === 1 ? '1 run' : `${count} runs`;
  const were = count === 1 ? 'was' : 'were';
  const what = phrase`${many} of the schedule ${code(schedule.name)} ${were} missed while the bot was down, the first ${moment(first.toISOString())}.`;
  return about(schedule, intent, 'missed', 'schedule_missed', [what, now(runs, count)], at);
}

function now(runs: number, count: number): Phrase {
  if (runs === 0) return phrase`None of them is made up for.`;
  if (count === 1) return phrase`It runs now.`;
  return runs === 1
    ? phrase`The latest runs now, the others don’t.`
    : phrase`${runs} of them run now, one after the other.`;
}

/** A run was turned down before it became one; null where that has raised an alert already. */
export function turnedDownAlert(
  schedule: Schedule,
  intent: Intent | null,
  notice: Notice,
  at: Date,
): NewAlert | null {
  const by = scheduleActor(schedule);
  const { code: reason, message, remedy } = notice;
  if (denialAlert({ by, intent: schedule.intent, reason, runId: null, at: at.toISOString() })) return null;
  const what = phrase`The schedule ${code(schedule.name)} could not run it. ${message}`;
  return about(schedule, intent, 'refused', reason, [what, remedy], at);
}

function about(
  schedule: Schedule,
  intent: Intent | null,
  kind: 'refused' | 'missed',
  reason: ReasonCode,
  text: readonly Phrase[],
  at: Date,
): NewAlert {
  const by = scheduleActor(schedule);
  return notBegunAlert({ name: schedule.intent, intent, kind, by, reason, text, at: at.toISOString() });
}
