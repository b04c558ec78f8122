import { deletionsOf, type Plan } from './plan.js';

/** From where on a deletion is large. */
export interface LargeDeletion {
  readonly files: number;
  readonly bytes: number;
}

/** A deletion of more than half of what is there is large too, from this many paths on. */
const FEWEST_FOR_HALF = 10;
/** Actions that overwrite what people work with; their name is typed whatever the numbers. */
const ALWAYS: readonly string[] = ['restore'];

/** Does the plan delete, overwrite or open up so much that people should type its intent's name first? */
export function isLarge(plan: Plan, limit: LargeDeletion): boolean {
  const deletions = plan.parts
    .flatMap((part) => part.effects)
    .flatMap((effect) => (effect.kind === 'delete' ? [effect] : []));
  const bytes = deletions.reduce((sum, effect) => sum + (effect.bytes ?? 0), 0);
  return (
    plan.parts.some(({ action, typeName }) => typeName === true || ALWAYS.includes(action)) ||
    deletionsOf(plan).length > limit.files ||
    bytes > limit.bytes ||
    deletions.some(
      ({ paths, of }) => of !== undefined && paths.length >= FEWEST_FOR_HALF && paths.length * 2 > of,
    )
  );
}
