import type { StepState, StepStates } from '../model/graph.js';
import type { Params } from '../model/request.js';

/** How a step ended, as conditions say it. */
export const STEP_WORDS = ['succeeded', 'failed', 'skipped'] as const;
export type StepWord = (typeof STEP_WORDS)[number];

export const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', 'contains'] as const;
export type Operator = (typeof OPERATORS)[number];
export type Literal = string | number | boolean;

/** A name that is compared with a value: a parameter, or a step as `steps.<name>`. */
export interface Comparison {
  readonly kind: 'compare';
  readonly name: string;
  readonly isStep: boolean;
  readonly operator: Operator;
  readonly literal: Literal;
}

/** A condition as it was written. A name alone is a switch: `full` is `full == true`. */
export type Condition =
  | Comparison
  | { readonly kind: 'switch'; readonly name: string; readonly isStep: boolean }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] };

/** Why a text is no condition, as the end of a sentence, and what would be right. */
export interface ConditionFault {
  readonly why: string;
  readonly hint: string;
}

/** What a step's state is called in conditions. What was put back, or ended early, did not succeed. */
export function wordOf(state: StepState): StepWord {
  return state === 'succeeded' || state === 'skipped' ? state : 'failed';
}

/** What a name stands for; undefined when it is not known. */
export type Lookup = (name: string, isStep: boolean) => Literal | undefined;

/** Is it so? Null when it depends on what is not known. */
export function evaluate(condition: Condition, lookup: Lookup): boolean | null {
  switch (condition.kind) {
    case 'switch': {
      const value = lookup(condition.name, condition.isStep);
      return value === undefined ? null : value === true;
    }
    case 'compare': {
      const value = lookup(condition.name, condition.isStep);
      return value === undefined ? null : compare(value, condition.operator, condition.literal);
    }
    case 'not': {
      const inner = evaluate(condition.of, lookup);
      return inner === null ? null : !inner;
    }
    case 'and':
    case 'or': {
      const decides = condition.kind === 'or';
      const answers = condition.all.map((one) => evaluate(one, lookup));
      if (answers.includes(decides)) return decides;
      return answers.includes(null) ? null : !decides;
    }
  }
}

function compare(value: Literal, operator: Operator, literal: Literal): boolean {
  switch (operator) {
    case '==':
      return value === literal;
    case '!=':
      return value !== literal;
    case '<':
      return value < literal;
    case '>':
      return value > literal;
    case '<=':
      return value <= literal;
    case '>=':
      return value >= literal;
    case 'contains':
      return String(value).includes(String(literal));
  }
}

/** Every comparison and switch in it, from left to right. */
export function atomsOf(
  condition: Condition,
): readonly Exclude<Condition, { of: unknown } | { all: unknown }>[] {
  switch (condition.kind) {
    case 'not':
      return atomsOf(condition.of);
    case 'and':
    case 'or':
      return condition.all.flatMap(atomsOf);
    default:
      return [condition];
  }
}

/** What a condition is about when it is asked: all values are known. */
export interface Situation {
  readonly params: Params;
  readonly steps: StepStates;
}

/** The {@link Lookup} of a situation. */
export function lookupIn({ params, steps }: Situation): Lookup {
  return (name, isStep) => {
    if (!isStep) return Object.hasOwn(params, name) ? params[name] : undefined;
    const state = Object.hasOwn(steps, name) ? steps[name] : undefined;
    return state && wordOf(state);
  };
}
