import { type DueTime, duesBetween } from '../documents/timetable.js';
import type { Schedule } from '../model/schedule.js';

/** More missed runs than these are not caught up, only counted as "more than". */
export const CATCH_UP_MOST = 100;
/** More runs of one schedule than these never wait. */
const WAITING_MOST = 100;

/** What is so when times are looked for. */
export interface Situation {
  /** Up to this time everything was dealt with. */
  readonly cursor: Date;
  readonly now: Date;
  /** Since when a bot has been looking for times without a break. */
  readonly awakeSince: Date;
  /** Runs of this schedule that have not ended. */
  readonly open: number;
}

/** A time that gets a run. `queue`: it waits for the runs before it; else there is none before it. */
export type NewDue = DueTime & { readonly queue: boolean };

/** What becomes of the times that have come. */
export interface DuePlan {
  /** Up to this time everything is dealt with then. */
  readonly cursor: Date;
  readonly begin: readonly NewDue[];
  /** Times that are left out because the run before has not ended. */
  readonly skipped: readonly DueTime[];
  /** Times at which no bot was there; `runs`: how many of them get a late run. */
  readonly missed: { readonly count: number; readonly first: Date; readonly runs: number } | null;
}

/** Deals with the times that have come since the cursor; null: there are none. */
export function planDues(schedule: Schedule, situation: Situation): DuePlan | null {
  const { cursor, now, awakeSince, open } = situation;
  const dues = duesBetween(schedule, cursor, now, CATCH_UP_MOST + 1);
  const last = dues.at(-1);
  if (!last) return null;
  const late = dues.filter(({ startsAt }) => startsAt < awakeSince);
  const onTime = dues.filter(({ startsAt }) => startsAt >= awakeSince);
  const caughtUp = catchUp(schedule, late, onTime.length > 0);
  const wanted = [
    // Late already, it does not get lost over a run that is about to end.
    ...caughtUp.map((due) => ({ ...due, queue: true })),
    ...onTime.map((due) => ({ ...due, queue: schedule.overlap === 'queue' })),
  ];
  const begin: NewDue[] = [];
  const skipped: DueTime[] = [];
  for (const due of wanted) {
    const ahead = open + begin.length;
    if (ahead === 0 || (due.queue && ahead < WAITING_MOST)) begin.push(due);
    else skipped.push(due);
  }
  const [first] = late;
  const runs = begin.filter(({ startsAt }) => startsAt < awakeSince).length;
  return {
    cursor: last.due,
    begin,
    skipped,
    missed: first ? { count: late.length, first: first.due, runs } : null,
  };
}

function catchUp(
  { catchUp: rule }: Schedule,
  late: readonly DueTime[],
  another: boolean,
): readonly DueTime[] {
  if (rule === 'all') return late.slice(-CATCH_UP_MOST);
  // A run that is due now does what a late one would.
  return rule === 'latest' && !another ? late.slice(-1) : [];
}
