import type { Command, CommandOption } from '../wire/types.js';

/** Values of a command's options, by name. */
export type OptionValues = Readonly<Record<string, string | number | boolean>>;

interface OptionData {
  readonly name: string;
  readonly type: number;
  readonly value?: string | number | boolean;
  readonly focused?: boolean;
  readonly options?: readonly OptionData[];
}

/** What JavaScript type an option's value has, by Discord's number. */
const VALUE_TYPES: Readonly<Record<number, 'string' | 'number' | 'boolean'>> = {
  3: 'string',
  4: 'number',
  5: 'boolean',
  10: 'number',
};

/**
 * A command as a client sends it. `words` is its name and, for sub-commands, theirs: `audit verify`.
 * @throws {Error} for values that a client wouldn't let anybody send
 */
export function commandData(
  command: Command,
  words: readonly string[],
  values: OptionValues,
  focus?: string,
) {
  return {
    id: command.id,
    name: command.name,
    type: 1,
    ...(command.guild_id ? { guild_id: command.guild_id } : {}),
    options: optionData(command.options, words.slice(1), values, focus),
  };
}

function optionData(
  options: readonly CommandOption[],
  words: readonly string[],
  values: OptionValues,
  focus: string | undefined,
): readonly OptionData[] {
  const sub = options.find(({ type, name }) => type <= 2 && name === words[0]);
  if (sub) {
    const inner = optionData(sub.options ?? [], words.slice(1), values, focus);
    return [{ name: sub.name, type: sub.type, options: inner }];
  }
  if (words.length > 0 || options.some(({ type }) => type <= 2)) {
    throw new Error(`No such sub-command: ${words.join(' ') || '(none given)'}`);
  }
  const unknown = Object.keys(values).filter((name) => !options.some((option) => option.name === name));
  if (unknown.length > 0) throw new Error(`The command has no option ${unknown.join(', ')}.`);
  return options.flatMap((option): OptionData[] => {
    const value = values[option.name];
    if (value === undefined) {
      if (option.required && focus === undefined) throw new Error(`The option ${option.name} is required.`);
      return [];
    }
    if (option.name === focus) {
      return [{ name: option.name, type: option.type, value: String(value), focused: true }];
    }
    checkValue(option, value);
    return [{ name: option.name, type: option.type, value }];
  });
}

function checkValue({ name, type, choices = [] }: CommandOption, value: string | number | boolean): void {
  const wanted = VALUE_TYPES[type];
  if (typeof value !== wanted || (type === 4 && !Number.isInteger(value))) {
    throw new Error(`The option ${name} (type ${type}) can't be ${JSON.stringify(value)}.`);
  }
  if (choices.length > 0 && !choices.some((choice) => choice.value === value)) {
    throw new Error(`The option ${name} offers no ${JSON.stringify(value)}.`);
  }
}
