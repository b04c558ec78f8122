import { INSTANCES, type Json, type PlanPart } from '../model/plan.js';
import { doTheSame, isMoreWork } from './fingerprint.js';

/** What a step that was planned again right before it begins turned out to be. */
export type Comparison =
  /** What was shown: it runs as it was planned. */
  | { readonly is: 'same' }
  /** The same commands and changes, on what earlier steps of this run have made anew: it runs as it is now. */
  | { readonly is: 'moved'; readonly parts: readonly PlanPart[] }
  /** Nobody has agreed to this. */
  | { readonly is: 'changed' };

/**
 * May a step begin although only `shown` was confirmed?
 * @param isOwnDoing an earlier step of the run has worked on what this one touches, so that ids of containers
 *   and the like may differ although nothing changed from outside
 */
export function compareStep(
  shown: readonly PlanPart[],
  now: readonly PlanPart[],
  isOwnDoing: boolean,
): Comparison {
  if (now.some(({ blockers }) => blockers.length > 0) || isMoreWork(shown, now)) return { is: 'changed' };
  if (doTheSame(shown, now)) return { is: 'same' };
  return isOwnDoing && doTheSame(shown.map(deedsOf), now.map(deedsOf))
    ? { is: 'moved', parts: now }
    : { is: 'changed' };
}

/** What a part does, without the ids of what it finds; images and the like count. */
function deedsOf(part: PlanPart): PlanPart {
  return { ...part, targets: withoutInstances(part.targets) };
}

function withoutInstances(targets: Json): Json {
  if (targets === null || typeof targets !== 'object') return targets;
  if (Array.isArray(targets)) return targets.map(withoutInstances);
  const lasting = Object.entries(targets).filter(([key]) => key !== INSTANCES);
  return Object.fromEntries(lasting.map(([key, value]) => [key, withoutInstances(value)]));
}
