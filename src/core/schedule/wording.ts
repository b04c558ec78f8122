import { code, moment, type Phrase, phrase } from '../model/phrase.js';
import { type Notice, notice } from '../model/reasons.js';
import { stateText } from '../model/run.js';
import type { Timing } from '../model/schedule.js';
import { stateSymbol } from '../model/wording.js';
import type { Due } from '../ports/schedule-store.js';
import { formatDuration } from '../text/format.js';
import type { Holding } from './holding.js';

/** `0 3 * * * (Europe/Berlin)`, `every 5 min` */
export function timingText(timing: Timing): string {
  return timing.kind === 'cron'
    ? `${timing.cron} (${timing.timezone})`
    : `every ${formatDuration(timing.seconds * 1000)}`;
}

/** Why a time was left out. */
export function overlapNotice(runId: string | null): Notice {
  const before = runId === null ? phrase`The run before it` : phrase`${code(runId)}`;
  return notice('schedule_busy', phrase`${before} had not ended.`);
}

/** Why nothing came of a time whose schedule is gone. */
export function goneNotice(): Notice {
  return notice('schedule_unknown', phrase`The schedule was removed or switched off.`);
}

/** Why nothing came of a time whose schedule was paused meanwhile. */
export function pausedNotice(): Notice {
  return notice('schedule_paused', phrase`The schedule was paused.`);
}

/** How a schedule's last time went: `✅ succeeded r-7k2m, 22 November 2026 03:00`. */
export function lastText(due: Due): Phrase {
  const { run, notice: why } = due;
  if (run) {
    const words = run.state === 'planned' && run.dryRun ? 'planned (dry run)' : stateText(run.state);
    return phrase`${stateSymbol(run.state)} ${words} ${code(run.id)}, ${moment(run.startedAt ?? run.createdAt)}`;
  }
  if (why) return phrase`${stateSymbol('cancelled')} not run, ${moment(due.due)}: ${why.message}`;
  return phrase`${stateSymbol('queued')} waits since ${moment(due.due)}`;
}

/** What holds a run back: `held back by the freeze christmas until 2 January 2027 00:00`. */
export function holdingText({ name, freeze, until }: Holding): Phrase {
  const what = phrase`held back by the ${freeze ? 'freeze' : 'window'} ${code(name)}`;
  return until === null ? phrase`${what} for more than two weeks` : phrase`${what} until ${moment(until)}`;
}
