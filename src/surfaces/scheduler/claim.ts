import { type Schedule, timingKey } from '../../core/model/schedule.js';
import type { Claim, Due, ScheduleState } from '../../core/ports/schedule-store.js';
import { missedAlert } from '../../core/schedule/alerts.js';
import { planDues } from '../../core/schedule/plan-dues.js';
import { goneNotice, overlapNotice } from '../../core/schedule/wording.js';
import type { SchedulerDeps } from './deps.js';
import { fateOf } from './fate.js';

/** Clocks are set back a little all the time, in ms. */
const AHEAD_MS = 60_000;

/** What is so at one look at the clock. */
export interface Moment {
  readonly now: Date;
  readonly awakeSince: Date;
  /** What is still to be done. */
  readonly open: readonly Due[];
}

/** Takes the times that have come, each once, whichever processes look for them. Says whether there were any. */
export async function claimDues(
  deps: SchedulerDeps,
  schedules: readonly Schedule[],
  states: ReadonlyMap<string, ScheduleState>,
  moment: Moment,
): Promise<boolean> {
  await retireGone(deps, schedules, states);
  const claims: Claim[] = [];
  for (const schedule of schedules) {
    const state = states.get(schedule.name);
    const timing = timingKey(schedule.timing);
    if (state?.timing !== timing) {
      await deps.store.schedules.adopt(schedule.name, timing, moment.now.toISOString());
    } else if (state.paused === null) {
      claims.push(...(setBack(state, moment.now) ?? claimOf(deps, schedule, state, moment) ?? []));
    }
  }
  if (claims.length === 0) return false;
  const taken = await deps.store.schedules.claim(claims, deps.owner);
  for (const { schedule, from, to } of claims) {
    if (from > to && taken.includes(schedule))
      deps.log.warn(
        { schedule, from, to },
        'the clock was ahead: the times of this schedule count from now on again',
      );
  }
  return taken.length > 0;
}

/** Nothing would be due until the clock has come to where it was. Times that were taken stay so. */
function setBack({ name, cursor }: ScheduleState, now: Date): [Claim] | null {
  if (Date.parse(cursor) - now.getTime() <= AHEAD_MS) return null;
  const nothing = { begin: [], skipped: [], missed: null, alert: null };
  return [{ schedule: name, from: cursor, to: now.toISOString(), ...nothing }];
}

function claimOf(
  { catalogue }: SchedulerDeps,
  schedule: Schedule,
  state: ScheduleState,
  { now, awakeSince, open }: Moment,
): [Claim] | null {
  const before = open.filter((due) => due.schedule === schedule.name && !isOver(due));
  const cursor = new Date(state.cursor);
  const plan = planDues(schedule, { cursor, now, awakeSince, open: before.length });
  if (plan === null) return null;
  const { begin, skipped, missed } = plan;
  const busy = overlapNotice(before[0]?.run?.id ?? null);
  return [
    {
      schedule: schedule.name,
      from: state.cursor,
      to: plan.cursor.toISOString(),
      begin: begin.map(({ due, queue }) => ({ due: due.toISOString(), queue })),
      skipped: skipped.map(({ due }) => ({ due: due.toISOString(), notice: busy })),
      missed: missed && { count: missed.count, at: now.toISOString() },
      alert: missed && missedAlert(schedule, catalogue.find(schedule.intent), missed, now),
    },
  ];
}

/** Its run has ended, and nothing follows: only that is not written down yet. */
function isOver(due: Due): boolean {
  return due.run !== null && fateOf(due, due.run) === 'over';
}

/** Not while a file can't be read: what it would list may still be there. */
async function retireGone(
  { store, schedules: source }: SchedulerDeps,
  schedules: readonly Schedule[],
  states: ReadonlyMap<string, ScheduleState>,
): Promise<void> {
  if (source.isPartial()) return;
  const there = new Set(schedules.map(({ name }) => name));
  const gone = [...states.values()].filter(({ name, timing }) => timing !== '' && !there.has(name));
  if (gone.length > 0)
    await store.schedules.retire(
      gone.map(({ name }) => name),
      goneNotice(),
    );
}
