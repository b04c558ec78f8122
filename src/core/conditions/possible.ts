import { defaultOf, type ParamValue, readParam, sampleOf } from '../documents/param-values.js';
import type { Param } from '../model/param.js';
import { atomsOf, type Condition, evaluate, type Literal } from './condition.js';

/** So many combinations of values are tried; a condition with more is taken to be possible. */
const MOST_TRIES = 20_000;

/** Which values a name can have; null: it is not known which. */
export type Domain = (name: string, isStep: boolean) => readonly Literal[] | null;

/** Can it ever be so, with one of the values that each name can have? In doubt yes. */
export function isPossible(condition: Condition, domain: Domain): boolean {
  const names = new Map(
    atomsOf(condition).map(({ name, isStep }) => [`${isStep}.${name}`, { name, isStep }]),
  );
  const variables = [...names].map(([key, { name, isStep }]) => ({ key, values: domain(name, isStep) }));
  const tries = variables.reduce((product, { values }) => product * Math.max(1, values?.length ?? 1), 1);
  if (tries > MOST_TRIES) return true;
  const chosen = new Map<string, Literal>();
  const tryFrom = (index: number): boolean => {
    const variable = variables[index];
    if (!variable) return evaluate(condition, (name, isStep) => chosen.get(`${isStep}.${name}`)) !== false;
    if (variable.values === null) return tryFrom(index + 1);
    return variable.values.some((value) => {
      chosen.set(variable.key, value);
      return tryFrom(index + 1);
    });
  };
  return tryFrom(0);
}

/** Stands for any text that the condition does not name. */
const ANOTHER = '\u0000';

/**
 * Values of a parameter among which every answer of the condition is found: where it names a number, that one
 * and some on both sides; where it names a text, that one and another. Null: no such list can be made.
 */
export function valuesOf(param: Param, condition: Condition): readonly ParamValue[] | null {
  const own = atomsOf(condition).filter(({ name, isStep }) => !isStep && name === param.name);
  const literals = own.flatMap((atom) => (atom.kind === 'compare' ? [atom.literal] : []));
  switch (param.type) {
    case 'boolean':
      return [true, false];
    case 'choice':
      return param.choices;
    case 'integer':
    case 'number': {
      const named = literals.filter((literal) => typeof literal === 'number').sort((a, b) => a - b);
      const around = named.flatMap((at, index) => [
        at - 1,
        at,
        (at + (named[index + 1] ?? at + 2)) / 2,
        at + 1,
      ]);
      const floored =
        param.type === 'integer' ? around.flatMap((at) => [Math.floor(at), Math.ceil(at)]) : around;
      const known = [defaultOf(param), sampleOf(param), param.min, param.max];
      const all = [...known.filter((at) => typeof at === 'number'), ...floored];
      return [...new Set(all)].filter((at) => readParam(param, at).ok);
    }
    case 'string':
    case 'duration':
    case 'artifact': {
      if (own.some((atom) => atom.kind === 'compare' && atom.operator === 'contains')) return null;
      const fitting = literals.filter((literal) => readParam(param, literal).ok);
      return [...new Set([...fitting, ANOTHER])];
    }
  }
}
