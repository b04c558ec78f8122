import { type WrongValue, wrongValues } from '../../../core/admission/asking.js';
import { missingParams } from '../../../core/admission/params.js';
import { askable } from '../../../core/intent/askable.js';
import type { Intent } from '../../../core/model/intent.js';
import type { Param } from '../../../core/model/param.js';
import type { Params } from '../../../core/model/request.js';

/** Discord opens forms with up to so many fields. */
export const MOST_FIELDS = 5;

/** What a form has to ask for. */
export interface Wanted {
  /** In the order in which the intent declares them. */
  readonly params: readonly Param[];
  /** What of it was given and does not fit. */
  readonly wrong: readonly WrongValue[];
}

/** What must still be given, by name. */
export function missing(intent: Intent, given: Params): readonly Param[] {
  return missingParams({ params: askable(intent) }, given);
}

/**
 * What a form asks for: what does not fit, what is missing, and what was asked for before. When nothing of
 * that is known to be wrong, all that was given.
 */
export function wantedOf(intent: Intent, given: Params, asked: readonly string[]): Wanted {
  const params = askable(intent);
  const wrong = wrongValues(params, given);
  const names = new Set([
    ...wrong.map(({ param }) => param.name),
    ...missing(intent, given).map(({ name }) => name),
    ...asked,
  ]);
  const all = names.size === 0 ? new Set(Object.keys(given)) : names;
  return { params: params.filter(({ name }) => all.has(name)), wrong };
}

/** Can the fields of a form hold all that was given and all that is wanted? Else it is asked for as text. */
export function fitsFields(intent: Intent, given: Params, { params }: Wanted): boolean {
  const known = askable(intent).map(({ name }) => name);
  const strays = Object.keys(given).some((name) => !known.includes(name));
  return !strays && params.length > 0 && params.length <= MOST_FIELDS;
}
