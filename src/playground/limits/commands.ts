import { refusal } from '../wire/api-error.js';
import { type FieldPath, type FormErrors, formErrors } from '../wire/form-errors.js';
import { arrayOf, isObject, type JsonObject, stringOf } from '../wire/json.js';
import { checkChoice, checkList, checkText } from './check.js';
import { checkChoices } from './choices.js';

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const OPTION_TYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const MAX_COMMANDS = 100;
/** Characters of names, descriptions and values of one command together. */
const MAX_COMMAND_SIZE = 8000;

/**
 * Checks the list of slash commands that replaces all commands.
 * @throws {ApiError} 50035, or 30032 for more than 100
 */
export function checkCommands(commands: readonly unknown[]): void {
  if (commands.length > MAX_COMMANDS) throw refusal('tooManyCommands');
  const errors = formErrors();
  const names = new Set<unknown>();
  checkList(errors, [], commands, { max: MAX_COMMANDS }, (command, path) => {
    if (command.type !== undefined) checkChoice(errors, [...path, 'type'], command.type, [1]);
    checkHead(errors, path, command);
    if (names.has(command.name)) {
      errors.add(path, 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    }
    names.add(command.name);
    checkOptions(errors, path, command);
    if (sizeOf(command) > MAX_COMMAND_SIZE) {
      errors.add(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${MAX_COMMAND_SIZE})`);
    }
    const bits = command.default_member_permissions;
    if (bits !== undefined && bits !== null && !/^\d+$/.test(stringOf(bits))) {
      errors.add(
        [...path, 'default_member_permissions'],
        'NUMBER_TYPE_COERCE',
        `Value "${String(bits)}" is not int.`,
      );
    }
  });
  errors.throwIfAny();
}

function checkHead(errors: FormErrors, path: FieldPath, { name, description }: JsonObject): void {
  checkText(errors, [...path, 'name'], name, { min: 1, max: 32, required: true });
  if (typeof name === 'string' && name !== '' && (!NAME.test(name) || name !== name.toLowerCase())) {
    errors.add([...path, 'name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  checkText(errors, [...path, 'description'], description, { min: 1, max: 100, required: true });
}

function checkOptions(errors: FormErrors, path: FieldPath, parent: JsonObject): void {
  if (parent.options === undefined || parent.options === null) return;
  const names = new Set<unknown>();
  let optionalSeen = false;
  checkList(errors, [...path, 'options'], parent.options, { max: 25 }, (option, at) => {
    checkChoice(errors, [...at, 'type'], option.type, OPTION_TYPES);
    checkHead(errors, at, option);
    if (names.has(option.name)) {
      errors.add(at, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists');
    }
    names.add(option.name);
    if (option.required === true && optionalSeen) {
      errors.add(
        at,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    optionalSeen ||= option.required !== true;
    if (option.choices !== undefined) checkChoices(errors, [...at, 'choices'], option.choices);
    if (option.autocomplete === true && arrayOf(option.choices).length > 0) {
      errors.add(
        at,
        'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_EXCLUSIVE',
        'Choices and autocomplete exclude each other',
      );
    }
    checkOptions(errors, at, option);
  });
}

function sizeOf(node: JsonObject): number {
  const own = [node.name, node.description, node.value].reduce<number>(
    (sum, text) => sum + stringOf(text).length,
    0,
  );
  const below = [...arrayOf(node.options), ...arrayOf(node.choices)].filter(isObject);
  return below.reduce((sum, child) => sum + sizeOf(child), own);
}
