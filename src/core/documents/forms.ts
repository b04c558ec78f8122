import * as z from 'zod';
import { firstHidden, HIDDEN } from '../text/characters.js';
import { secondsOf } from '../text/duration.js';

/** Why a value can't be used, as the end of a sentence ("… is "x", but <why>"), and what would be right. */
export interface Fault {
  readonly why: string;
  readonly hint: string;
}

/** Text of one form. The same pattern judges here and in the JSON Schema; `explain` says what is wrong. */
export function text(form: RegExp, explain: (value: string) => Fault) {
  return checked((value) => (form.test(value) ? null : explain(value))).meta({ pattern: form.source });
}

/** Like {@link text}, for names that people read: nothing in them may be hidden. */
export function readable(form: RegExp, explain: (value: string) => Fault) {
  return checked((value) => hiddenFault(value) ?? (form.test(value) ? null : explain(value))).meta({
    pattern: form.source,
  });
}

/** Why a text can't be read as it is; null: nothing in it is hidden. */
export function hiddenFault(value: string): Fault | null {
  const hidden = firstHidden(value);
  if (hidden === null) return null;
  return {
    why: `it holds a character that can’t be seen (${hidden})`,
    hint: 'Type it again: what is copied from a page or a chat can bring such characters along.',
  };
}

/** Text that a function judges. */
export function checked(judge: (value: string) => Fault | null) {
  return z.string().superRefine((value, ctx) => {
    const fault = judge(value);
    if (fault) ctx.addIssue({ code: 'custom', message: fault.why, params: { ...fault } });
  });
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** What names of intents, stacks, services and containers look like; none can be taken for an option or a path. */
export function isName(value: string): boolean {
  return NAME.test(value);
}

export const name = (example: string) =>
  text(NAME, () => ({
    why: 'a name is 1 to 100 letters, digits, dots, underscores or dashes and begins with a letter or a digit',
    hint: `Write it like ${example}.`,
  }));

/** A Proxmox storage id, as Proxmox itself checks it. */
export const storageId = text(/^[A-Za-z][A-Za-z0-9._-]{0,98}[A-Za-z0-9]$/, () => ({
  why: 'a storage id begins with a letter and goes on with letters, digits, dots, underscores or dashes',
  hint: 'Write it like local or nas-backups; `pvesm status` lists them.',
}));

/** The name of an environment variable. */
export const secretName = text(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, () => ({
  why: 'it must be the name of an environment variable',
  hint: 'Put the secret into an environment variable (or its _FILE twin) and write its name here, such as NAS_PASSWORD.',
}));

export const label = readable(new RegExp(`^[^\\s${HIDDEN}-](?:[^${HIDDEN}]{0,98}[^\\s${HIDDEN}])?$`), () => ({
  why: 'a label is 1 to 100 characters on one line and begins neither with a space nor with a dash',
  hint: 'Write it like approved.',
}));

/** A Discord role, by name or id. Discord's names have 1 to 100 characters. */
export const roleName = readable(
  new RegExp(`^[^\\s${HIDDEN}](?:[^${HIDDEN}]{0,98}[^\\s${HIDDEN}])?$`),
  () => ({
    why: 'a role’s name is 1 to 100 characters on one line, without spaces around it',
    hint: 'Write the role’s name as Discord shows it, or its id in quotes.',
  }),
);

const HIDDEN_BUT_LINES = HIDDEN.replace('\\u0000-\\u001f', '\\u0000-\\u0008\\u000b-\\u001f');

/** Free text for people. */
export const remark = text(new RegExp(`^[^${HIDDEN_BUT_LINES}]{1,1000}$`), (value) => ({
  why: value.length > 1000 ? 'at most 1,000 characters fit' : 'it is empty or holds a control character',
  hint: 'Write one or two plain sentences.',
}));

/** Something to leave out, for tar or rsync. */
export const excludePattern = readable(new RegExp(`^(?![-!]|\\+ )[^${HIDDEN}]{1,1000}$`), (value) => {
  if (/^[-!]|^\+ /.test(value)) {
    return {
      why: 'a pattern that begins with -, ! or + means something else to the tool that reads it',
      hint: 'Put **/ before it, such as **/-old.',
    };
  }
  return {
    why: value.length > 1000 ? 'at most 1,000 characters fit' : 'it is empty or holds a control character',
    hint: 'Write a pattern such as *.log or cache/.',
  };
});

export const wholeNumber = (min: number, max: number) => z.int().min(min).max(max);

/** Seconds as a whole number, or as text with a unit: `90s`, `5m`, `1h`. */
export const seconds = (max: number, min = 1) =>
  z
    .union([
      wholeNumber(min, max),
      text(/^[1-9][0-9]{0,5}[smh]$/, () => ({
        why: 'it must be seconds, or a number with s, m or h',
        hint: 'Write it like 90, 90s, 5m or 1h.',
      })).transform((value) => secondsOf(value) ?? 0),
    ])
    .pipe(z.int().max(max));

/** One value, or a list of them; always a list in the end. */
export function oneOrMore<Item extends z.ZodType<string>>(item: Item, most: number) {
  return z
    .union([item, z.array(item).max(most)])
    .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));
}

/** A choice that also takes true and false, as people write `compress: true`. */
export function choiceOrSwitch<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  on: NoInfer<Choice>,
  off: NoInfer<Choice>,
) {
  return z
    .union([z.enum(choices), z.boolean()])
    .transform((value): Choice => (typeof value === 'boolean' ? (value ? on : off) : (value as Choice)));
}

/** Adds what editors show, and an example that the hint for a missing field uses. */
export function described<Schema extends z.ZodType>(schema: Schema, description: string, example?: unknown) {
  return schema.meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}
