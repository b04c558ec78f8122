import type { ReasonCode } from '../../core/model/reasons.js';
import { isFinal } from '../../core/model/run.js';
import type { Due, DueRun } from '../../core/ports/schedule-store.js';

/** A bot that dies of a run before it begins must not try for ever. */
const MOST_ATTEMPTS = 20;
/** Nor does a plan that is another one each time. */
const MOST_CHANGES = 5;

/** The run did nothing, for a reason that goes away by itself. */
export const CUT_OFF: readonly ReasonCode[] = ['process_died', 'shutdown'];
export const HELD_BACK: readonly ReasonCode[] = ['outside_window', 'stack_locked'];

/**
 * What becomes of a time that has a run: it `waits` for that run, gets another one (`again`), or `follow`s the one
 * that took its place; or it is `over`, or given up because its plan is `unsteady`.
 */
export type Fate = 'waits' | 'again' | 'follow' | 'unsteady' | 'over';

export function fateOf({ attempts }: Pick<Due, 'attempts'>, run: DueRun): Fate {
  const { state, reason, startedAt, successor } = run;
  if (!isFinal(state) && !(state === 'planned' && run.dryRun)) return 'waits';
  // What had begun and asks about its rest asks people.
  if (startedAt !== null || reason === null) return 'over';
  if (state === 'plan_changed' && successor !== null) return attempts < MOST_CHANGES ? 'follow' : 'unsteady';
  const isUndone = CUT_OFF.includes(reason) || HELD_BACK.includes(reason);
  return isUndone && attempts < MOST_ATTEMPTS ? 'again' : 'over';
}
