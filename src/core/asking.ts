import type { Intent, Param } from './intent/intent.js';
import { readParam, shown } from './intent/param-values.js';
import { code, type Phrase, phrase } from './phrase.js';
import type { Params } from './request.js';

/** The parameter that every intent with one scale step takes, also without declaring it. */
const REPLICAS = 'replicas';

/** What a request for an intent may give: what it declares, and the number of containers of its only scale step. */
export function askable({ params, steps }: Intent): readonly Param[] {
  const [scale, another] = steps.filter((step) => step.kind === 'scale');
  if (!scale || another || params.some(({ name }) => name === REPLICAS)) return params;
  const { service, replicas, min, max } = scale.fields;
  const description = `How many containers of ${service} there should be.`;
  const whole = { name: REPLICAS, type: 'integer', description, min, max } as const;
  return [...params, replicas === null ? whole : { ...whole, default: replicas }];
}

/** A parameter that was given a value which does not fit. */
export interface Misfit {
  readonly param: Param;
  /** What is wrong, as a sentence. */
  readonly message: Phrase;
  /** What would be right, as a sentence. */
  readonly hint: string;
}

/** Which of the given values don't fit their parameters, in the parameters' order. */
export function misfits(params: readonly Param[], given: Params): readonly Misfit[] {
  return params.flatMap((param): Misfit[] => {
    const value = given[param.name];
    const read = value === undefined ? null : readParam(param, value);
    if (value === undefined || read === null || read.ok) return [];
    const message = phrase`${code(param.name)} is ${code(shown(value))}, but ${read.why}.`;
    return [{ param, message, hint: read.hint }];
  });
}
