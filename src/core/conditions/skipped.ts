import type { GraphStep } from '../model/graph.js';
import type { Params } from '../model/request.js';
import { canHold, wordsOf } from './check-condition.js';
import type { StepWord } from './condition.js';
import { isFault, parseCondition } from './parse-condition.js';

type Conditional = Pick<GraphStep, 'name' | 'when' | 'onFailure'>;

/**
 * The steps whose condition can't hold any more, by what is known before anything runs.
 * @param steps each after those it needs
 * @param ended how steps ended that are not repeated
 */
export function skippedAmong(
  steps: readonly Conditional[],
  params: Params,
  ended: ReadonlyMap<string, StepWord> = new Map(),
): ReadonlySet<string> {
  const skipped = new Set<string>();
  const words = new Map<string, readonly StepWord[]>();
  for (const step of steps) {
    const known = ended.get(step.name);
    const condition = step.when === null || known ? null : parseCondition(step.when);
    if (condition && isFault(condition)) throw new Error(`${step.name} has a condition that can’t be read`);
    const may =
      condition === null ||
      canHold(
        condition,
        (name) => (Object.hasOwn(params, name) ? params[name] : undefined),
        (name) => words.get(name) ?? [],
      );
    if (!may) skipped.add(step.name);
    words.set(step.name, known ? [known] : may ? wordsOf(step) : ['skipped']);
  }
  return skipped;
}
