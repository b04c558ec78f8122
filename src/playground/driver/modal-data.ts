import { inputsOf } from '../limits/modal.js';
import { COMPONENT, type Component, type Modal } from '../wire/types.js';

/** Values of a form's inputs, by custom id; several for a select menu. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * A filled form as a client sends it.
 * @throws {Error} for values that a client wouldn't let anybody send
 */
export function modalData(modal: Modal, values: FormValues) {
  const known = inputsOf(modal).map(({ custom_id }) => custom_id);
  const unknown = Object.keys(values).filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`The form has no input ${unknown.join(', ')}.`);
  return {
    custom_id: modal.custom_id,
    components: modal.components.map((part) =>
      part.component
        ? { type: part.type, component: inputData(part.component, values) }
        : { type: part.type, components: (part.components ?? []).map((input) => inputData(input, values)) },
    ),
  };
}

function inputData(input: Component, values: FormValues) {
  const { type, custom_id = '', required = true, min_length = 0, max_length = 4000 } = input;
  const value = values[custom_id] ?? input.value ?? '';
  if (required && value.length === 0) throw new Error(`The input ${custom_id} is required.`);
  if (type !== COMPONENT.TEXT_INPUT) {
    return { type, custom_id, values: typeof value === 'string' ? [value] : value };
  }
  const fits = value.length <= max_length && (value.length === 0 || value.length >= min_length);
  if (!fits) throw new Error(`The input ${custom_id} takes ${min_length} to ${max_length} characters.`);
  return { type, custom_id, value };
}
