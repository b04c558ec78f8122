import { type FieldPath, type FormErrors, formErrors } from '../wire/form-errors.js';
import { arrayOf, type JsonObject } from '../wire/json.js';
import type { Choice } from '../wire/types.js';
import { checkList, checkText } from './check.js';

/** Checks up to 25 choices of 100 characters, as commands bring them and autocomplete answers them. */
export function checkChoices(errors: FormErrors, path: FieldPath, choices: unknown): void {
  checkList(errors, path, choices, { max: 25 }, (choice, at) => {
    checkText(errors, [...at, 'name'], choice.name, { min: 1, max: 100, required: true });
    if (typeof choice.value !== 'number') {
      checkText(errors, [...at, 'value'], choice.value, { max: 100, required: true });
    }
  });
}

/**
 * The choices that autocomplete answers.
 * @throws {ApiError} 50035
 */
export function autocompleteChoices(data: JsonObject): readonly Choice[] {
  const errors = formErrors();
  checkChoices(errors, ['data', 'choices'], data.choices);
  errors.throwIfAny();
  return arrayOf(data.choices) as readonly Choice[];
}
