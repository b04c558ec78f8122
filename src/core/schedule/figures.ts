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

export function figuresOf({ schedule, last, next, paused, ...view }: ScheduleView): ScheduleFigures {
  const { waiting, missed, skipped } = view;
  return {
    schedule: schedule.name,
    intent: schedule.intent,
    lastAt: last?.run ? (last.run.startedAt ?? last.run.createdAt) : null,
    nextAt: next[0]?.at ?? null,
    paused: paused !== null,
    waiting,
    missed,
    skipped,
  };
}
