import type { RunState } from '../../core/model/run.js';
import type { Schedule } from '../../core/model/schedule.js';
import type { Due, DueRun } from '../../core/ports/schedule-store.js';
import { holdingOf } from '../../core/schedule/holding.js';
import { pausedNotice } from '../../core/schedule/wording.js';
import { createCarrier } from './carry.js';
import { claimDues } from './claim.js';
import type { SchedulerDeps } from './deps.js';

/** Without a look at the clock for so long, the bot was not there: the machine slept, or its clock was set, in ms. */
const STALL_MS = 60_000;
/** Plans that are made for schedules at once; people's own requests find places left. */
const PREPARED_AT_ONCE = 2;
/** What did not move, for want of a person or through an error, is looked at again after this, in ms. */
const LATER_MS = 5000;

/** Starts the runs of schedules at their times. */
export interface Scheduler {
  /** One look at the clock: takes the times that have come, and brings what is open one step further. */
  look(): Promise<void>;
  /** Begins no more; resolves when nothing is under way. What was taken stays in the store. */
  end(): Promise<void>;
}

/**
 * Everything that must outlive this process is in the store: a look finds out from there what to do next, so that
 * it may be cut off anywhere. `onStep` is called when something has moved, and another look is due.
 */
export function createScheduler(deps: SchedulerDeps, onStep: () => void = () => {}): Scheduler {
  const { store, log, now } = deps;
  let over = false;
  const carrier = createCarrier(deps, () => over);
  const underWay = new Map<number, Promise<void>>();
  /** What did not move, until when it is left alone while its run's state stays the same. */
  const resting = new Map<number, { readonly until: number; readonly state: RunState | null }>();
  let awakeSince = now();
  let lastLook = awakeSince;

  const carry = (due: Due, work: () => Promise<boolean>): void => {
    const step = work()
      .catch((error: unknown) => {
        log.error(
          { err: error, schedule: due.schedule, due: due.due },
          'a scheduled run met an error, trying again',
        );
        return false;
      })
      .then((moved) => {
        underWay.delete(due.id);
        if (moved) onStep();
        else resting.set(due.id, { until: now().getTime() + LATER_MS, state: due.run?.state ?? null });
      });
    underWay.set(due.id, step);
  };

  /** @param first nothing before it of the same schedule is open */
  const step = async (
    due: Due,
    schedule: Schedule | null,
    first: boolean,
    paused: boolean,
  ): Promise<void> => {
    const { run } = due;
    if (run !== null) {
      if (!goesOnByItself(run)) carry(due, () => carrier.goOn(due, run, schedule));
    } else if (paused) {
      await store.schedules.settle(due.id, pausedNotice(), null);
    } else if (schedule !== null && first && underWay.size < PREPARED_AT_ONCE) {
      if (holdingOf(deps, schedule, now()) === null) carry(due, () => carrier.begin(due, schedule));
    }
  };

  const isDue = ({ id, owner, run }: Due, at: Date): boolean => {
    if (owner !== deps.owner || underWay.has(id)) return false;
    const rest = resting.get(id);
    return rest === undefined || rest.until <= at.getTime() || rest.state !== (run?.state ?? null);
  };

  return {
    async look() {
      const at = now();
      if (at.getTime() - lastLook.getTime() > STALL_MS || at < awakeSince) awakeSince = at;
      if (at < lastLook) resting.clear();
      lastLook = at;
      const schedules = new Map(deps.schedules.all().map((one) => [one.name, one]));
      const enabled = [...schedules.values()].filter((one) => one.enabled);
      const states = new Map((await store.schedules.states()).map((state) => [state.name, state]));
      const before = await adopted(deps);
      const claimed = await claimDues(deps, enabled, states, { now: at, awakeSince, open: before });
      const open = claimed ? await store.schedules.open() : before;
      const seen = new Set<string>();
      for (const due of open) {
        if (over) return;
        const first = !seen.has(due.schedule);
        seen.add(due.schedule);
        if (!isDue(due, at)) continue;
        const paused = (states.get(due.schedule)?.paused ?? null) !== null;
        await step(due, schedules.get(due.schedule) ?? null, first, paused);
      }
      for (const id of resting.keys()) if (!open.some((due) => due.id === id)) resting.delete(id);
    },
    async end() {
      over = true;
      await Promise.all(underWay.values());
    },
  };
}

/** What is still to be done, with what processes that are gone have left. */
async function adopted({ store, owner }: SchedulerDeps): Promise<readonly Due[]> {
  const open = await store.schedules.open();
  if (!open.some(({ orphan }) => orphan)) return open;
  await store.schedules.takeOver(owner);
  return store.schedules.open();
}

function goesOnByItself({ state, dryRun }: DueRun): boolean {
  return state === 'queued' || state === 'running' || (state === 'planned' && !dryRun);
}
