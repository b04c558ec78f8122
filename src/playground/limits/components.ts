import type { FieldPath, FormErrors } from '../wire/form-errors.js';
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../wire/json.js';
import { COMPONENT } from '../wire/types.js';
import { checkChoice, checkList, checkSize, checkText } from './check.js';
import { checkButton, checkSelect, customIds, isSelect } from './controls.js';

/** Characters over all text displays, and components of any kind, in a message with the new components. */
const TOTAL_TEXT = 4000;
const TOTAL_COMPONENTS = 40;

const IN_CONTAINER: readonly number[] = [
  COMPONENT.ROW,
  COMPONENT.SECTION,
  COMPONENT.TEXT,
  COMPONENT.GALLERY,
  COMPONENT.FILE,
  COMPONENT.SEPARATOR,
];

interface Checking {
  readonly errors: FormErrors;
  readonly unique: (path: FieldPath, component: JsonObject) => void;
  /** Names of files that `attachment://` may refer to. */
  readonly files: readonly string[];
}

/** Checks a message's components; `v2`: the message has the flag for the new ones. */
export function checkComponents(
  errors: FormErrors,
  path: FieldPath,
  components: unknown,
  { v2, files }: { readonly v2: boolean; readonly files: readonly string[] },
): void {
  const checking: Checking = { errors, unique: customIds(errors), files };
  const types = v2 ? [...IN_CONTAINER, COMPONENT.CONTAINER] : [COMPONENT.ROW];
  checkList(errors, path, components, { max: v2 ? TOTAL_COMPONENTS : 5 }, (component, at) => {
    checkLayout(checking, at, component, types);
  });
  if (!v2) return;
  const all = flatten(arrayOf(components));
  checkSize(errors, path, all.length, 0, TOTAL_COMPONENTS);
  const text = all.reduce((sum, { content }) => sum + stringOf(content).length, 0);
  if (text > TOTAL_TEXT) {
    errors.add(
      path,
      'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      `The total text of all components must be ${TOTAL_TEXT} or fewer in length.`,
    );
  }
}

function flatten(components: readonly unknown[]): readonly JsonObject[] {
  return components
    .filter(isObject)
    .flatMap((component) => [
      component,
      ...flatten(arrayOf(component.components)),
      ...(isObject(component.accessory) ? [component.accessory] : []),
    ]);
}

function checkLayout(
  checking: Checking,
  path: FieldPath,
  component: JsonObject,
  types: readonly number[],
): void {
  const { errors } = checking;
  checkChoice(errors, [...path, 'type'], component.type, types);
  const inner: FieldPath = [...path, 'components'];
  switch (component.type) {
    case COMPONENT.ROW:
      checkRow(checking, path, component);
      break;
    case COMPONENT.SECTION:
      checkList(errors, inner, component.components, { min: 1, max: 3 }, (text, at) => {
        checkLayout(checking, at, text, [COMPONENT.TEXT]);
      });
      checkAccessory(checking, [...path, 'accessory'], objectOf(component.accessory));
      break;
    case COMPONENT.TEXT:
      checkText(errors, [...path, 'content'], component.content, { min: 1, max: TOTAL_TEXT, required: true });
      break;
    case COMPONENT.GALLERY:
      checkList(errors, [...path, 'items'], component.items, { min: 1, max: 10 }, (item, at) => {
        checkMedia(checking, [...at, 'media'], item.media);
      });
      break;
    case COMPONENT.FILE:
      checkMedia(checking, [...path, 'file'], component.file);
      break;
    case COMPONENT.CONTAINER:
      checkList(errors, inner, component.components, { min: 1, max: TOTAL_COMPONENTS }, (child, at) => {
        checkLayout(checking, at, child, IN_CONTAINER);
      });
      break;
  }
}

/** A row holds one to five buttons, or one select menu. */
function checkRow({ errors, unique }: Checking, path: FieldPath, row: JsonObject): void {
  const children = arrayOf(row.components);
  const selects = children.filter((child) => isObject(child) && isSelect(child)).length;
  const max = selects > 0 ? 1 : 5;
  checkList(errors, [...path, 'components'], row.components, { min: 1, max }, (child, at) => {
    unique(at, child);
    if (isSelect(child)) checkSelect(errors, at, child);
    else if (child.type === COMPONENT.BUTTON) checkButton(errors, at, child);
    else checkChoice(errors, [...at, 'type'], child.type, [2, 3, 5, 6, 7, 8]);
  });
}

function checkAccessory(checking: Checking, path: FieldPath, accessory: JsonObject): void {
  const { errors, unique } = checking;
  checkChoice(errors, [...path, 'type'], accessory.type, [COMPONENT.BUTTON, COMPONENT.THUMBNAIL]);
  unique(path, accessory);
  if (accessory.type === COMPONENT.BUTTON) checkButton(errors, path, accessory);
  if (accessory.type === COMPONENT.THUMBNAIL) checkMedia(checking, [...path, 'media'], accessory.media);
}

function checkMedia({ errors, files }: Checking, path: FieldPath, media: unknown): void {
  const url = stringOf(objectOf(media).url);
  const file = /^attachment:\/\/(.+)$/.exec(url)?.[1];
  if (file === undefined ? /^https?:\/\//.test(url) : files.includes(file)) return;
  errors.add([...path, 'url'], 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', `Not found: ${url}`);
}
