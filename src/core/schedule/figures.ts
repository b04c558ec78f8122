import type { DueRun } from '../ports/schedule-store.js';
import type { ScheduleView } from './view.js';

/** What an operator watches of a schedule. Times are ISO 8601 in UTC; null: there is none. */
export interface ScheduleFigures {
  readonly schedule: string;
  readonly intent: string;
  readonly lastAt: string | null;
  readonly nextAt: string | null;
  readonly paused: boolean;
  readonly waiting: number;
  readonly missed: number;
  readonly skipped: number;
}

/** A dry run begins and ends with its plan; what was refused has not begun. */
function beginOf({ state, startedAt, createdAt }: DueRun): string | null {
  return startedAt ?? (state === 'planned' ? createdAt : null);
}

export function figuresOf({ schedule, last, next, paused, ...view }: ScheduleView): ScheduleFigures {
  const { waiting, missed, skipped } = view;
  return {
    schedule: schedule.name,
    intent: schedule.intent,
    lastAt: last?.run ? beginOf(last.run) : null,
    nextAt: next[0]?.at ?? null,
    paused: paused !== null,
    waiting,
    missed,
    skipped,
  };
}
