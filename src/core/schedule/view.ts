import { nextDues } from '../documents/timetable.js';
import type { Action } from '../model/request.js';
import { type Schedule, timingKey } from '../model/schedule.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Due, ScheduleState } from '../ports/schedule-store.js';
import { asSeen, isUnderWay } from '../records/seen-runs.js';
import { type Holding, holdingOf } from './holding.js';
import { timingText } from './wording.js';

/** So many of the next times are told. */
const NEXT_TOLD = 3;

/** A time to come; `held`: what will hold its run back then. Times are ISO 8601 in UTC. */
export interface ComingTime {
  readonly at: string;
  readonly held: Holding | null;
}

/** A schedule as it is now. */
export interface ScheduleView {
  readonly schedule: Schedule;
  /** Null: there is no such intent. */
  readonly intent: { readonly action: Action; readonly stack: string } | null;
  readonly paused: ScheduleState['paused'];
  /** The next three times, with their jitter; none while it is paused or not enabled. */
  readonly next: readonly ComingTime[];
  /** The newest time that was dealt with. */
  readonly last: Due | null;
  /** Times that have come and whose runs have not begun, and what holds them back. */
  readonly waiting: number;
  readonly held: Holding | null;
  readonly missed: number;
  readonly missedAt: string | null;
  readonly skipped: number;
}

type ViewDeps = Pick<CoreDeps, 'store' | 'catalogue' | 'policy' | 'hosts' | 'now'>;

export async function viewsOf(
  deps: ViewDeps,
  schedules: readonly Schedule[],
  nextTold = NEXT_TOLD,
): Promise<readonly ScheduleView[]> {
  const { store, catalogue, now } = deps;
  const [states, open, newest] = await Promise.all([
    store.schedules.states(),
    store.schedules.open(),
    store.schedules.newest().then((dues) => seenDues(deps, dues)),
  ]);
  const at = now();
  return schedules.map((schedule) => {
    const state = states.find(({ name }) => name === schedule.name);
    const waiting = open.filter((due) => due.schedule === schedule.name && due.run === null).length;
    const intent = catalogue.find(schedule.intent);
    const paused = state?.paused ?? null;
    // Other times than before count from now on.
    const dealtWith = state?.timing === timingKey(schedule.timing) ? new Date(state.cursor) : at;
    const held = (moment: Date): Holding | null => holdingOf(deps, schedule, moment);
    return {
      schedule,
      intent: intent && { action: intent.action, stack: intent.stack },
      paused,
      next:
        paused || !schedule.enabled
          ? []
          : nextDues(schedule, dealtWith, at, nextTold).map(({ startsAt }) => ({
              at: startsAt.toISOString(),
              held: held(startsAt),
            })),
      last: newest.find((due) => due.schedule === schedule.name) ?? null,
      waiting,
      held: waiting > 0 ? held(at) : null,
      missed: state?.missed ?? 0,
      missedAt: state?.missedAt ?? null,
      skipped: state?.skipped ?? 0,
    };
  });
}

/** The run of a time never counts as running when its process is gone. */
async function seenDues(deps: ViewDeps, dues: readonly Due[]): Promise<readonly Due[]> {
  const doubtful = dues.flatMap(({ run }) => (run && isUnderWay(run) ? [run.id] : []));
  const found = await Promise.all(doubtful.map((id) => deps.store.runs.get(id)));
  const seen = await asSeen(
    deps,
    found.filter((run) => run !== null),
  );
  return dues.map((due) => {
    const { run } = due;
    const now = run && seen.find(({ id }) => id === run.id);
    return now ? { ...due, run: { ...run, state: now.state, reason: now.outcome?.reason ?? null } } : due;
  });
}

/** A schedule as `schedules --json` lists it. These names are relied on: add freely, rename nothing. */
export function scheduleJson(view: ScheduleView) {
  const { schedule, paused, next, last, held, intent } = view;
  const { timing, name, enabled } = schedule;
  return {
    name,
    intent: schedule.intent,
    action: intent?.action ?? null,
    stack: intent?.stack ?? null,
    enabled,
    paused,
    when: timingText(timing),
    cron: timing.kind === 'cron' ? timing.cron : null,
    interval_seconds: timing.kind === 'interval' ? timing.seconds : null,
    timezone: timing.kind === 'cron' ? timing.timezone : null,
    jitter: schedule.jitterSeconds,
    catch_up: schedule.catchUp,
    overlap: schedule.overlap,
    dry_run: schedule.dryRun,
    params: schedule.params,
    next: next.map(({ at }) => at),
    next_held: next.map((coming) => coming.held),
    waiting: view.waiting,
    held,
    last: last && lastJson(last),
    missed: view.missed,
    missedAt: view.missedAt,
    skipped: view.skipped,
    file: schedule.file,
  };
}

function lastJson({ due, byHand, run, notice }: Due) {
  return {
    due,
    byHand,
    run: run?.id ?? null,
    state: run?.state ?? null,
    reason: run?.reason ?? notice?.code ?? null,
    finishedAt: run?.finishedAt ?? null,
  };
}
