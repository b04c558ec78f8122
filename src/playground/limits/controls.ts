import type { FieldPath, FormErrors } from '../wire/form-errors.js';
import { arrayOf, type JsonObject, stringOf } from '../wire/json.js';
import { COMPONENT, LINK_STYLE } from '../wire/types.js';
import { checkChoice, checkList, checkText } from './check.js';

/** Checks a button. Styles 1 to 4 ask the bot, 5 opens a link. */
export function checkButton(errors: FormErrors, path: FieldPath, button: JsonObject): void {
  checkChoice(errors, [...path, 'style'], button.style, [1, 2, 3, 4, LINK_STYLE]);
  checkText(errors, [...path, 'label'], button.label, { max: 80 });
  if (!button.label && !button.emoji) {
    errors.add(path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or emoji is required');
  }
  if (button.style === LINK_STYLE) {
    checkText(errors, [...path, 'url'], button.url, { max: 512, required: true });
    if (button.custom_id) {
      errors.add(
        path,
        'BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE',
        'A custom id and url cannot both be specified',
      );
    }
  } else {
    checkText(errors, [...path, 'custom_id'], button.custom_id, { min: 1, max: 100, required: true });
  }
}

export function isSelect(component: JsonObject): boolean {
  const { type } = component;
  return (
    type === COMPONENT.STRING_SELECT ||
    (typeof type === 'number' && type >= COMPONENT.USER_SELECT && type <= COMPONENT.CHANNEL_SELECT)
  );
}

/** Checks a select menu of any kind; a string select brings its options. */
export function checkSelect(errors: FormErrors, path: FieldPath, select: JsonObject): void {
  checkText(errors, [...path, 'custom_id'], select.custom_id, { min: 1, max: 100, required: true });
  checkText(errors, [...path, 'placeholder'], select.placeholder, { max: 150 });
  const count = arrayOf(select.options).length;
  const most = select.type === COMPONENT.STRING_SELECT ? Math.min(25, count) : 25;
  for (const [name, least] of [
    ['min_values', 0],
    ['max_values', 1],
  ] as const) {
    const value = select[name];
    if (value !== undefined && (typeof value !== 'number' || value < least || value > most)) {
      errors.add([...path, name], 'NUMBER_TYPE_MAX', `int value should be between ${least} and ${most}.`);
    }
  }
  if (select.type !== COMPONENT.STRING_SELECT) return;
  const values = new Set<string>();
  checkList(errors, [...path, 'options'], select.options, { min: 1, max: 25 }, (option, at) => {
    checkText(errors, [...at, 'label'], option.label, { min: 1, max: 100, required: true });
    checkText(errors, [...at, 'value'], option.value, { min: 1, max: 100, required: true });
    checkText(errors, [...at, 'description'], option.description, { max: 100 });
    if (values.has(stringOf(option.value))) {
      errors.add(
        at,
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    }
    values.add(stringOf(option.value));
  });
}

/** Checks a text input of a modal. */
export function checkTextInput(errors: FormErrors, path: FieldPath, input: JsonObject): void {
  checkText(errors, [...path, 'custom_id'], input.custom_id, { min: 1, max: 100, required: true });
  checkChoice(errors, [...path, 'style'], input.style, [1, 2]);
  checkText(errors, [...path, 'label'], input.label, { max: 45 });
  checkText(errors, [...path, 'placeholder'], input.placeholder, { max: 100 });
  const most = typeof input.max_length === 'number' ? input.max_length : 4000;
  checkText(errors, [...path, 'value'], input.value, { max: Math.min(most, 4000) });
}

/** Remembers the custom ids of one form, and refuses the second use of one. */
export function customIds(errors: FormErrors): (path: FieldPath, component: JsonObject) => void {
  const seen = new Set<string>();
  return (path, { custom_id: id }) => {
    if (typeof id !== 'string') return;
    if (seen.has(id)) {
      errors.add(
        [...path, 'custom_id'],
        'COMPONENT_CUSTOM_ID_DUPLICATED',
        'Component custom id cannot be duplicated',
      );
    }
    seen.add(id);
  };
}
