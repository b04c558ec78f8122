import type { Plan, PlanPart } from './plan.js';
import type { Notice } from './reasons.js';

/** Would the part leave everything as it is? Its executor says so with a notice, and it has no effect. */
export function isIdle({
  warnings,
  effects,
  blockers,
}: Pick<PlanPart, 'warnings' | 'effects' | 'blockers'>): boolean {
  return effects.length === 0 && blockers.length === 0 && warnings.some(isNothing);
}

/**
 * Why a plan would do nothing at all: then nobody is asked and nothing runs. Null: there is something to do. A roll back
 * is never idle: what it does is known while it runs.
 */
export function nothingToDo({ parts, undoes }: Pick<Plan, 'parts' | 'undoes'>): readonly Notice[] | null {
  if (undoes !== undefined || parts.length === 0 || !parts.every(isIdle)) return null;
  return parts.flatMap(({ warnings }) => warnings.filter(isNothing));
}

function isNothing({ code }: Notice): boolean {
  return code === 'nothing_to_do';
}
