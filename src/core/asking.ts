import type { Intent, Param } from './intent/intent.js';
import { REPLICAS } from './intent/misfits.js';
import { readParam, shown } from './intent/param-values.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { Params } from './request.js';

/** What a request for an intent may give: what it declares, and the number of containers of its only scale step. */
export function askable({ params, steps, graph }: Intent): readonly Param[] {
  const [scale, another] = steps.filter((step) => step.kind === 'scale');
  if (graph || !scale || another || params.some(({ name }) => name === REPLICAS)) return params;
  const { service, replicas, min, max } = scale.fields;
  const description = `How many containers of ${service} there should be.`;
  const whole = { name: REPLICAS, type: 'integer', description, min, max } as const;
  return [...params, replicas === null ? whole : { ...whole, default: replicas }];
}

/** A parameter that was given a value which does not fit. */
export interface WrongValue {
  readonly param: Param;
  /** What is wrong, as a sentence. */
  readonly message: Phrase;
  /** What would be right, as a sentence. */
  readonly hint: string;
}

/** Which of the given values don't fit their parameters, in the parameters' order. */
export function wrongValues(params: readonly Param[], given: Params): readonly WrongValue[] {
  return params.flatMap((param): WrongValue[] => {
    const value = given[param.name];
    const read = value === undefined ? null : readParam(param, value);
    if (value === undefined || read === null || read.ok) return [];
    const message = phrase`${code(param.name)} is ${code(shown(value))}, but ${read.why}.`;
    return [{ param, message, hint: read.hint }];
  });
}
