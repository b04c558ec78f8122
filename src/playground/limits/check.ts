import type { FieldPath, FormErrors } from '../wire/form-errors.js';
import { isObject, type JsonObject } from '../wire/json.js';

interface Length {
  readonly min?: number;
  readonly max: number;
  readonly required?: boolean;
}

/**
 * Checks a string's length in UTF-16 units. Discord counts code points, so this refuses a little earlier,
 * never later.
 */
export function checkText(
  errors: FormErrors,
  path: FieldPath,
  value: unknown,
  { min = 0, max, required = false }: Length,
): void {
  if (value === undefined || value === null) {
    if (required) errors.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  } else if (typeof value !== 'string') {
    errors.add(path, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.');
  } else if (required && value === '') {
    errors.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  } else {
    checkSize(errors, path, value.length, min, max);
  }
}

/** Checks a number of characters or items against its bounds, in Discord's words. */
export function checkSize(errors: FormErrors, path: FieldPath, size: number, min: number, max: number): void {
  if (size >= min && size <= max) return;
  if (min > 0) {
    errors.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  } else {
    errors.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
  }
}

/** Calls `check` for each item of a list of objects, and refuses what is neither. */
export function checkList(
  errors: FormErrors,
  path: FieldPath,
  value: unknown,
  { min = 0, max }: Length,
  check: (item: JsonObject, path: FieldPath) => void,
): void {
  if (!Array.isArray(value)) {
    errors.add(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
    return;
  }
  checkSize(errors, path, value.length, min, max);
  for (const [index, item] of value.entries()) {
    if (isObject(item)) check(item, [...path, index]);
    else errors.add([...path, index], 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
  }
}

/** Checks that a number is one of a few. */
export function checkChoice(
  errors: FormErrors,
  path: FieldPath,
  value: unknown,
  choices: readonly number[],
): void {
  if (value === undefined || value === null) {
    errors.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  } else if (!choices.some((choice) => choice === value)) {
    errors.add(path, 'BASE_TYPE_CHOICES', `Value must be one of {${choices.join(', ')}}.`);
  }
}
