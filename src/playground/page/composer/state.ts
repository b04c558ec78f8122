import type { Choice, Command, CommandOption } from '../../wire/types.js';

/** A command as it is picked: sub-commands are entries of their own. */
export interface Pick {
  readonly command: Command;
  /** `audit verify`. */
  readonly words: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
}

/** What stands in the composer: plain text, or a command whose options are filled in. */
export type ComposerState =
  | { readonly mode: 'text'; readonly text: string; readonly active: number; readonly closed: boolean }
  | {
      readonly mode: 'command';
      readonly pick: Pick;
      /** As typed, by option. */
      readonly typed: Readonly<Record<string, string>>;
      /** Chosen values of options whose choices have names of their own. */
      readonly chosen: Readonly<Record<string, string | number>>;
      /** Options that are shown: required ones, and those that were added. */
      readonly shown: readonly string[];
      /** The option that has the focus. */
      readonly at: string | null;
      readonly choices: readonly Choice[];
      readonly active: number;
      /** The deed that asks for choices. */
      readonly asking: string | null;
      /** The bot did not answer in time. */
      readonly failed: boolean;
      /** What keeps the command from being sent. */
      readonly missing: string | null;
    };

export type CommandMode = Extract<ComposerState, { mode: 'command' }>;

export const emptyComposer: ComposerState = { mode: 'text', text: '', active: 0, closed: false };

const OPTION_TYPE = { sub: 1, group: 2, string: 3, integer: 4, boolean: 5, number: 10 } as const;

/** Every command and sub-command of a channel, in the order of the bot. */
export function picksOf(commands: readonly Command[]): readonly Pick[] {
  return commands.flatMap((command) => picksIn(command, command.name, command.description, command.options));
}

function picksIn(
  command: Command,
  words: string,
  description: string,
  options: readonly CommandOption[],
): readonly Pick[] {
  const subs = options.filter(({ type }) => type === OPTION_TYPE.sub || type === OPTION_TYPE.group);
  if (subs.length === 0) return [{ command, words, description, options }];
  return subs.flatMap((sub) => picksIn(command, `${words} ${sub.name}`, sub.description, sub.options ?? []));
}

/** The commands that fit what was typed behind the slash; those that begin with it come first. */
export function matchingPicks(picks: readonly Pick[], text: string): readonly Pick[] {
  if (!text.startsWith('/')) return [];
  const wanted = text.slice(1).trim().toLowerCase();
  const begins = picks.filter(({ words }) => words.startsWith(wanted));
  const contains = picks.filter(({ words }) => !words.startsWith(wanted) && words.includes(wanted));
  return [...begins, ...contains];
}

export function startCommand(pick: Pick): CommandMode {
  const shown = pick.options.filter(({ required }) => required).map(({ name }) => name);
  return {
    mode: 'command',
    pick,
    typed: {},
    chosen: {},
    shown,
    at: shown[0] ?? null,
    choices: [],
    active: 0,
    asking: null,
    failed: false,
    missing: null,
  };
}

/** What can be chosen for an option: from the bot, from the command itself, or true and false. */
export function choicesFor(state: CommandMode): readonly Choice[] {
  const option = state.pick.options.find(({ name }) => name === state.at);
  if (!option) return [];
  if (option.autocomplete && state.asking === null) return state.choices;
  const typed = (state.typed[option.name] ?? '').toLowerCase();
  const own = option.type === OPTION_TYPE.boolean ? BOOLEANS : (option.choices ?? []);
  // What the bot offered for an earlier text stays only where it fits what is typed now: Enter takes the first one.
  const offered = option.autocomplete ? state.choices : own;
  return offered.filter(({ name }) => name.toLowerCase().includes(typed));
}

const BOOLEANS: readonly Choice[] = [
  { name: 'True', value: 'true' },
  { name: 'False', value: 'false' },
];

type Value = string | number | boolean;
type Checked = { readonly values: Readonly<Record<string, Value>> } | { readonly problem: string };

/** The values to send, or what is wrong with them in words. */
export function valuesOf({ pick, typed, chosen, shown }: CommandMode): Checked {
  const values: Record<string, Value> = {};
  for (const option of pick.options) {
    const text = (typed[option.name] ?? '').trim();
    if (!shown.includes(option.name) || text === '') {
      if (option.required) return { problem: `${option.name} is required.` };
      continue;
    }
    const value = parsed(option, chosen[option.name] ?? text);
    if (value === null) return { problem: `${option.name} can’t be “${text}”.` };
    values[option.name] = value;
  }
  return { values };
}

function parsed({ type, choices }: CommandOption, given: string | number): Value | null {
  if (choices && choices.length > 0) {
    return choices.find(({ name, value }) => value === given || name === given)?.value ?? null;
  }
  if (type === OPTION_TYPE.boolean) return booleanOf(String(given));
  if (type === OPTION_TYPE.integer) return /^-?\d{1,15}$/.test(String(given)) ? Number(given) : null;
  if (type === OPTION_TYPE.number) return Number.isFinite(Number(given)) ? Number(given) : null;
  return type === OPTION_TYPE.string ? String(given) : null;
}

function booleanOf(text: string): boolean | null {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}
