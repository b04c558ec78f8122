import { defaultOf, formOf, readParam } from '../../../core/documents/param-values.js';
import type { Param } from '../../../core/model/param.js';
import { plain } from '../../../core/model/phrase.js';
import type { Params, RunRequest } from '../../../core/model/request.js';
import { actionTitle } from '../../../core/model/wording.js';
import type { Wanted } from '../params/form-fields.js';
import type { Field, Form, Option } from './form.js';
import { cleanLine } from './text.js';

/** The only field of a form for values as text; no parameter can have this name. */
export const TYPED_TEXT = 'name=value';

const TITLE_MAX = 45;
const NOTE_MAX = 100;
/** Discord's limit on what a text field holds. */
const TEXT_MAX = 4000;
const LINE_MAX = 1000;

/** `form:<key>`; the key leads to the draft. */
export function formId(key: string): string {
  return `form:${key}`;
}

/** The key in a form's id; null when it is nothing of ours. */
export function parseFormId(text: string): string | null {
  return /^form:([a-z0-9]{1,40})$/.exec(text)?.[1] ?? null;
}

/**
 * Asks for an intent's values, each in a field of its own.
 * @param found the backups that can be chosen for a parameter of the type `artifact`, newest first
 */
export function paramForm(
  key: string,
  wish: Pick<RunRequest, 'intent' | 'params' | 'action'>,
  { params, wrong }: Wanted,
  found: ReadonlyMap<string, readonly string[]>,
): Form {
  const fields = params.map((param) => {
    const misfit = wrong.find((each) => each.param === param);
    const about = misfit ? plain(misfit.message) : (param.description ?? '');
    return fieldOf(param, wish.params, shorten(about, NOTE_MAX), found.get(param.name) ?? []);
  });
  return { id: formId(key), title: titleOf(wish), fields };
}

/** Asks for values as text: more than fit into fields, or ones that could not be read. */
export function textForm(
  key: string,
  wish: Pick<RunRequest, 'intent' | 'action'>,
  text: string,
  names: readonly string[],
): Form {
  const given = names.length === 0 ? 'It takes no values.' : `It takes ${names.join(', ')}.`;
  return {
    id: formId(key),
    title: titleOf(wish),
    fields: [
      {
        kind: 'text',
        id: TYPED_TEXT,
        label: 'Values, as name=value',
        about: shorten(given, NOTE_MAX),
        placeholder: 'album=summer-2026 days=30',
        value: text.slice(0, TEXT_MAX),
        maxLength: TEXT_MAX,
      },
    ],
  };
}

function titleOf({ intent, action }: Pick<RunRequest, 'intent' | 'action'>): string {
  return shorten(action === undefined ? intent : `${actionTitle(action)} · ${intent}`, TITLE_MAX);
}

function fieldOf(param: Param, given: Params, about: string, found: readonly string[]): Field {
  const value = textOf(param, given[param.name] ?? defaultOf(param));
  const common = { id: param.name, label: param.name, about, value };
  const options = optionsOf(param, found);
  return options.length > 0
    ? { ...common, kind: 'choice', placeholder: 'Choose one', options }
    : {
        ...common,
        kind: 'line',
        placeholder: shorten(formOf(param), NOTE_MAX),
        maxLength: Math.min(TEXT_MAX, Math.max(longest(param), value.length)),
      };
}

function optionsOf(param: Param, found: readonly string[]): readonly Option[] {
  if (param.type === 'choice') return param.choices.map((choice) => ({ label: choice, value: choice }));
  if (param.type === 'artifact') return found.map((path) => ({ label: path, value: path }));
  if (param.type !== 'boolean') return [];
  return [
    { label: 'yes', value: 'true' },
    { label: 'no', value: 'false' },
  ];
}

/** A value as it stands in a field: `yes` as the `true` that the field offers. */
function textOf(param: Param, value: Params[string] | undefined): string {
  if (value === undefined) return '';
  const read = readParam(param, value);
  return String(read.ok ? read.value : value);
}

function longest(param: Param): number {
  return param.type === 'string' ? param.max_length : LINE_MAX;
}

function shorten(text: string, max: number): string {
  const line = cleanLine(text);
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`.replace(/\p{Surrogate}/gu, '');
}
