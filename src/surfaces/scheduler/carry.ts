import { needsOthers } from '../../core/consent.js';
import type { Notice, ReasonCode } from '../../core/reasons.js';
import type { Run } from '../../core/run.js';
import { turnedDownAlert } from '../../core/schedule/alerts.js';
import { type Schedule, scheduleActor } from '../../core/schedule/schedule.js';
import type { Due, DueRun } from '../../core/schedule/store.js';
import type { SchedulerDeps } from './deps.js';
import { createLine } from './in-order.js';

/** How long a run whose plan is made waits for older ones whose plans are still being made, in ms. */
const PATIENCE_MS = 10_000;
/** A bot that dies of a run before it begins must not try for ever. */
const MOST_ATTEMPTS = 20;

/** The run did nothing, for a reason that goes away by itself. */
const CUT_OFF: readonly ReasonCode[] = ['process_died', 'shutdown'];
const HELD_BACK: ReasonCode = 'outside_window';
/** Refusals that leave the time as it is: later it is looked at again. */
const LATER: readonly ReasonCode[] = ['shutting_down', 'already_decided', 'needs_person', 'needs_approval'];

/**
 * Brings a time to its run, and the run to its end. Each call does the next step; what is done stays in the store.
 * The answers say whether anything moved.
 */
export interface Carrier {
  /** Asks for the run of a time that has none, and lets it begin in its turn. */
  begin(due: Due, schedule: Schedule): Promise<boolean>;
  /** Looks at a time that has a run: does it go on, does it need another one, or is it over? */
  goOn(due: Due, run: DueRun, schedule: Schedule | null): Promise<boolean>;
}

/** @param closing this process is stopping: what it cuts off is nobody's fault */
export function createCarrier(deps: SchedulerDeps, closing: () => boolean): Carrier {
  const { pipeline, store, catalogue, now } = deps;
  const joinLine = createLine();

  const turnDown = (due: Due, schedule: Schedule, notice: Notice): Promise<void> => {
    const alert = turnedDownAlert(schedule, catalogue.find(schedule.intent), notice, now());
    return store.schedules.settle(due.id, notice, alert);
  };

  /** Whoever wrote the schedule down has agreed already, unless the rules want a person for each run. */
  const agree = async (due: Due, run: Pick<Run, 'id'>, schedule: Schedule): Promise<boolean> => {
    const actor = scheduleActor(schedule);
    const decision = await pipeline.decide(run.id, actor, 'confirm');
    if (decision.ok) return true;
    const { notice } = decision;
    if (LATER.includes(notice.code)) return false;
    if (notice.code === HELD_BACK) await store.schedules.again(due.id, run.id, false);
    else await turnDown(due, schedule, notice);
    // Nobody else can answer this preview.
    await pipeline.decide(run.id, actor, 'cancel');
    return true;
  };

  return {
    async begin(due, schedule) {
      const place = joinLine();
      try {
        const { intent, params, dryRun, name } = schedule;
        const admission = await pipeline.admit({
          intent,
          params,
          dryRun,
          actor: scheduleActor(schedule),
          source: 'schedule',
          schedule: { name, due: due.id },
        });
        if (!admission.ok) {
          const { notice } = admission;
          if (notice.code === HELD_BACK || LATER.includes(notice.code)) return false;
          await turnDown(due, schedule, notice);
          return true;
        }
        const run = await pipeline.prepare(admission.ticket);
        if (run.state === 'refused' && closing()) {
          await store.schedules.again(due.id, run.id, true);
          return false;
        }
        await place.come(PATIENCE_MS);
        return run.state !== 'awaiting' || needsOthers(run) || (await agree(due, run, schedule));
      } finally {
        place.leave();
      }
    },

    async goOn(due, run, schedule) {
      const { schedules } = store;
      if (run.state === 'awaiting') {
        const whole = await store.runs.get(run.id);
        // It has gone on since it was looked for.
        if (whole?.state !== 'awaiting') return true;
        return schedule === null || needsOthers(whole) ? false : agree(due, run, schedule);
      }
      if (run.state === 'plan_changed' && run.successor !== null) {
        await schedules.follow(due.id, run.id, run.successor);
        return true;
      }
      const cutOff = run.reason !== null && CUT_OFF.includes(run.reason);
      const notBegun = run.startedAt === null && (cutOff || run.reason === HELD_BACK);
      if (notBegun && due.attempts < MOST_ATTEMPTS) await schedules.again(due.id, run.id, cutOff);
      else await schedules.settle(due.id, null, null);
      return true;
    },
  };
}
