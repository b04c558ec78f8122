import { readParam, shown } from '../documents/param-values.js';
import type { Param } from '../model/param.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import type { Params } from '../model/request.js';

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
