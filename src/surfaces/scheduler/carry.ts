import { heldBack } from '../../core/access/locks.js';
import { chainOf } from '../../core/intent/chain.js';
import { needsOthers } from '../../core/model/consent.js';
import { stacksOfIntents, stacksOfPlan } from '../../core/model/lock.js';
import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice, type ReasonCode } from '../../core/model/reasons.js';
import type { Run } from '../../core/model/run.js';
import { type Schedule, scheduleActor } from '../../core/model/schedule.js';
import type { Due, DueRun } from '../../core/ports/schedule-store.js';
import { turnedDownAlert } from '../../core/schedule/alerts.js';
import type { SchedulerDeps } from './deps.js';
import { CUT_OFF, fateOf, HELD_BACK } from './fate.js';
import { createLine } from './in-order.js';

/** How long a run whose plan is made waits for older ones whose plans are still being made, in ms. */
const PATIENCE_MS = 10_000;

const UNSTEADY = notice(
  'plan_changed',
  phrase`Its plan changed each time before it could begin. Nothing was run.`,
  phrase`Look at what changes there, then use Run now.`,
);
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
    const decision = await pipeline.decide(run.id, actor, 'confirm', { atOnce: true });
    if (decision.ok) return true;
    const { notice } = decision;
    if (LATER.includes(notice.code)) return false;
    if (HELD_BACK.includes(notice.code)) await store.schedules.again(due.id, run.id, false);
    else await turnDown(due, schedule, notice);
    // Nobody else can answer this preview.
    await pipeline.decide(run.id, actor, 'cancel');
    return true;
  };

  /** Asked before the run is: each refusal would be one more in the audit trail. */
  const isLocked = async (name: string): Promise<boolean> => {
    const intent = catalogue.find(name);
    return intent !== null && (await heldBack(deps, stacksOfIntents(chainOf(catalogue, intent)))) !== null;
  };

  /** Takes back a preview that the schedule asked for, and that nobody else can answer. */
  const withdraw = async (due: Due, runId: string): Promise<void> => {
    const waiting = await store.runs.get(runId);
    if (waiting?.state !== 'awaiting' || needsOthers(waiting)) return;
    await pipeline.decide(runId, scheduleActor({ name: due.schedule }), 'cancel');
  };

  return {
    async begin(due, schedule) {
      const place = joinLine();
      try {
        const { intent, params, dryRun, name } = schedule;
        if (!dryRun && (await isLocked(intent))) return false;
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
          if (HELD_BACK.includes(notice.code) || LATER.includes(notice.code)) return false;
          await turnDown(due, schedule, notice);
          return true;
        }
        const run = await pipeline.prepare(admission.ticket);
        if ((run.state === 'refused' || run.state === 'interrupted') && closing()) {
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
      const whole = await store.runs.get(run.id);
      // It has gone on since it was looked for.
      if (whole?.state !== run.state) return true;
      const fate = fateOf(due, run);
      // The rest of a run that had begun is for people: the schedule neither agrees to it nor makes it anew.
      if (fate !== 'over' && whole.plan.resumes !== undefined) {
        await withdraw(due, run.id);
        await schedules.settle(due.id, null, null);
      } else if (fate === 'waits') {
        return schedule === null || needsOthers(whole) ? false : agree(due, run, schedule);
      } else if (fate === 'again') {
        // A plan can touch more stacks than its intents name.
        if (run.reason === 'stack_locked' && (await heldBack(deps, stacksOfPlan(whole.plan)))) return false;
        await schedules.again(due.id, run.id, run.reason !== null && CUT_OFF.includes(run.reason));
      } else if (fate === 'follow' && run.successor !== null) {
        await schedules.follow(due.id, run.id, run.successor);
      } else {
        if (run.successor !== null) await withdraw(due, run.successor);
        if (fate === 'unsteady' && schedule !== null) await turnDown(due, schedule, UNSTEADY);
        else await schedules.settle(due.id, null, null);
      }
      return true;
    },
  };
}
