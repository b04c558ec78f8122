import type { OnFailure } from '../model/graph.js';
import type { Param } from '../model/param.js';
import { quote } from '../text/characters.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import {
  atomsOf,
  type Condition,
  type ConditionFault,
  type Literal,
  STEP_WORDS,
  type StepWord,
} from './condition.js';
import { isFault, parseCondition } from './parse-condition.js';
import { isPossible, valuesOf } from './possible.js';

/** What a condition may speak of. */
export interface Surroundings {
  readonly params: readonly Param[];
  /** The names in the step's `needs`. */
  readonly needs: readonly string[];
  /** Every step of the intent: what its failure means, and whether it has a condition itself. */
  readonly steps: ReadonlyMap<string, { readonly onFailure: OnFailure; readonly when: string | null }>;
}

/** Why a step can't have this condition; null: it can. One that can never hold is an error. */
export function conditionFault(text: string, around: Surroundings): ConditionFault | null {
  const condition = parseCondition(text);
  if (isFault(condition)) return condition;
  for (const atom of atomsOf(condition)) {
    const fault = atom.isStep ? stepFault(atom, around) : paramFault(atom, around);
    if (fault) return fault;
  }
  const domain = (name: string, isStep: boolean) => {
    if (isStep) return wordsOf(around.steps.get(name));
    const param = around.params.find((one) => one.name === name);
    return param ? valuesOf(param, condition) : null;
  };
  if (isPossible(condition, domain)) return null;
  return { why: 'it can never hold', hint: neverHint(condition, around) };
}

/** Mostly a step is asked about that can't have ended like that. */
function neverHint(condition: Condition, { steps }: Surroundings): string {
  for (const atom of atomsOf(condition)) {
    if (!atom.isStep || atom.kind !== 'compare') continue;
    const step = steps.get(atom.name);
    if (atom.literal === 'failed' && step?.onFailure !== 'continue') {
      return `When ${atom.name} fails, this step never begins; give ${atom.name} on_failure: continue, or correct the condition.`;
    }
    if (atom.literal === 'skipped' && step?.when === null) {
      return `${atom.name} has no condition, so it is never skipped; correct this one, or remove the step.`;
    }
  }
  return 'Correct it, or remove the step.';
}

/** How a step can have ended when another one, which needs it, asks. */
export function wordsOf(
  step: { readonly onFailure: OnFailure; readonly when: string | null } | undefined,
): readonly StepWord[] {
  return STEP_WORDS.filter(
    (word) =>
      (word === 'failed' && step?.onFailure === 'continue') ||
      (word === 'skipped' && step?.when !== null) ||
      word === 'succeeded',
  );
}

type Atom = ReturnType<typeof atomsOf>[number];

function stepFault(atom: Atom, { needs, steps }: Surroundings): ConditionFault | null {
  const name = `steps.${atom.name}`;
  if (!steps.has(atom.name)) {
    const [near] = closest(atom.name, steps.keys());
    return {
      why: `there is no step ${quote(atom.name)}`,
      hint: near
        ? `Did you mean steps.${near}?`
        : `The steps are ${listed([...steps.keys()].slice(0, 10), 'and')}.`,
    };
  }
  if (!needs.includes(atom.name)) {
    return {
      why: `it asks how ${atom.name} ended, and does not wait for it`,
      hint: `Add ${atom.name} to needs.`,
    };
  }
  if (atom.kind === 'switch' || (atom.operator !== '==' && atom.operator !== '!=')) {
    return {
      why: `${name} is a word, not a switch or a number`,
      hint: `Write it like ${name} == "succeeded".`,
    };
  }
  return wordFault(name, atom.literal, STEP_WORDS);
}

function paramFault(atom: Atom, { params, steps }: Surroundings): ConditionFault | null {
  const param = params.find(({ name }) => name === atom.name);
  if (!param) {
    if (steps.has(atom.name))
      return { why: `${quote(atom.name)} is a step, not a parameter`, hint: `Write steps.${atom.name}.` };
    const names = params.map(({ name }) => name);
    const [near] = closest(atom.name, names);
    const known = names.length > 0 ? `The params are ${listed(names, 'and')}.` : 'Declare it under params.';
    return {
      why: `it uses ${quote(atom.name)}, which is not among the params`,
      hint: near ? `Did you mean ${near}?` : known,
    };
  }
  const isSwitch = param.type === 'boolean';
  if (atom.kind === 'switch') {
    const hint = `Compare it, such as ${atom.name} ${param.type === 'integer' || param.type === 'number' ? '> 0' : '== "…"'}.`;
    return isSwitch
      ? null
      : { why: `${atom.name} alone says nothing, because it is neither true nor false`, hint };
  }
  const { operator, literal } = atom;
  const isEquality = operator === '==' || operator === '!=';
  switch (param.type) {
    case 'boolean':
      if (isEquality && typeof literal === 'boolean') return null;
      return { why: `${atom.name} is true or false`, hint: `Write ${atom.name} or not ${atom.name}.` };
    case 'integer':
    case 'number':
      if (operator !== 'contains' && typeof literal === 'number') return null;
      return {
        why: `${atom.name} is a number`,
        hint: `Compare it with one, without quotes: ${atom.name} > 3.`,
      };
    default:
      if ((!isEquality && operator !== 'contains') || typeof literal !== 'string') {
        return { why: `${atom.name} is text`, hint: `Compare it with text in quotes: ${atom.name} == "…".` };
      }
      return param.type === 'choice' && isEquality ? wordFault(atom.name, literal, param.choices) : null;
  }
}

function wordFault(name: string, literal: Literal, words: readonly string[]): ConditionFault | null {
  if (typeof literal === 'string' && words.includes(literal)) return null;
  const [near] = typeof literal === 'string' ? closest(literal, words) : [];
  const shown = typeof literal === 'string' ? quote(literal) : String(literal);
  return {
    why: `${name} can be ${listed(words, 'or')}, and never ${shown}`,
    hint: near ? `Did you mean "${near}"?` : `Write it like ${name} == "${words[0] ?? ''}".`,
  };
}

/** With these values and with what is known of the steps, can the condition still hold? */
export function canHold(
  condition: Condition,
  paramOf: (param: string) => Literal | undefined,
  words: (step: string) => readonly StepWord[],
): boolean {
  return isPossible(condition, (name, isStep) => {
    if (isStep) return words(name);
    const value = paramOf(name);
    return value === undefined ? null : [value];
  });
}
