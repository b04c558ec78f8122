import { formErrors } from '../wire/form-errors.js';
import { isObject, type JsonObject } from '../wire/json.js';
import { COMPONENT, type Component, type Modal } from '../wire/types.js';
import { checkChoice, checkList, checkText } from './check.js';
import { checkSelect, checkTextInput, customIds, isSelect } from './controls.js';

/**
 * Checks a modal; each of its one to five parts is a label around an input, or an old-style row with a text input.
 * @throws {ApiError} 50035
 */
export function checkModal(data: JsonObject): asserts data is JsonObject & Modal {
  const errors = formErrors();
  const unique = customIds(errors);
  checkText(errors, ['data', 'custom_id'], data.custom_id, { min: 1, max: 100, required: true });
  checkText(errors, ['data', 'title'], data.title, { min: 1, max: 45, required: true });
  checkList(errors, ['data', 'components'], data.components, { min: 1, max: 5 }, (part, path) => {
    checkChoice(errors, [...path, 'type'], part.type, [COMPONENT.ROW, COMPONENT.TEXT, COMPONENT.LABEL]);
    if (part.type === COMPONENT.ROW) {
      checkList(errors, [...path, 'components'], part.components, { min: 1, max: 1 }, (input, at) => {
        checkText(errors, [...at, 'label'], input.label, { min: 1, max: 45, required: true });
        unique(at, input);
        checkTextInput(errors, at, input);
      });
    } else if (part.type === COMPONENT.LABEL) {
      checkText(errors, [...path, 'label'], part.label, { min: 1, max: 45, required: true });
      checkText(errors, [...path, 'description'], part.description, { max: 100 });
      const inner = isObject(part.component) ? part.component : {};
      if (inner.type === COMPONENT.TEXT_INPUT && inner.label) {
        errors.add(
          [...path, 'component', 'label'],
          'COMPONENT_LABEL_EXCLUSIVE',
          'The label around it has the label',
        );
      }
      unique([...path, 'component'], inner);
      if (isSelect(inner)) checkSelect(errors, [...path, 'component'], inner);
      else checkTextInput(errors, [...path, 'component'], inner);
    }
  });
  errors.throwIfAny();
}

/** The inputs of a modal, whatever they are wrapped in. */
export function inputsOf(modal: Modal): readonly Component[] {
  return modal.components.flatMap((part) => part.component ?? part.components ?? []);
}
