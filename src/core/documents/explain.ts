import * as z from 'zod';
import { quote } from '../text/characters.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { fieldName, pathText } from './flat-document.js';

type Issue = z.core.$ZodIssue;

export interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint: string;
}

/** What zod found, in plain words: the fields, their values, why they can't be used, and what would be right. */
export function explain(
  issue: Issue,
  values: Readonly<Record<string, unknown>>,
  schema: z.ZodObject,
): readonly Explained[] {
  const field = String(issue.path[0]);
  if (!Object.hasOwn(values, field)) return [missing(field, schema)];
  return innermost(issue).map(({ path, issue: inner }) => {
    const value = valueAt(values, path);
    const { why, hint } = reason(inner, value, field);
    return { path, ...sentence(path, value, why, hint) };
  });
}

/** "`source` is "x", but …": the sentence that most problems are. */
export function sentence(path: readonly PropertyKey[], value: unknown, why: string, hint: string) {
  const label = path.length > 1 ? pathText(path) : fieldName(String(path[0]));
  if (value === null) return { message: `${label} has no value.`, hint: NO_VALUE };
  if (value === '') return { message: `${label} is empty.`, hint };
  // A secret may have been written where its name belongs: then it must not be shown.
  if (/_secret$/.test(label)) return { message: `${label} can’t be used: ${why}.`, hint };
  return { message: `${label} is ${show(value)}, but ${why}.`, hint };
}

const NO_VALUE = 'Write a value after the colon, or remove the line.';

function missing(field: string, schema: z.ZodObject): Explained {
  const examples: unknown = z.globalRegistry.get(schema.shape[field] ?? schema)?.examples;
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  const hint = `Add a line such as ${field}: ${String(example ?? '…')}.`;
  return { path: [field], message: `${field} is missing.`, hint };
}

/** The issues of a union's branch that fits what was written: of "text or a list" the one that it looks like. */
function innermost(issue: Issue): readonly { path: PropertyKey[]; issue: Issue }[] {
  const branches = issue.code === 'invalid_union' ? issue.errors : [];
  const fitting =
    branches.find((branch) => branch.every(({ path }) => path.length > 0)) ??
    branches.find((branch) => !branch.some(isTypeIssue));
  if (!fitting) return [{ path: [...issue.path], issue }];
  return fitting
    .flatMap(innermost)
    .map((inner) => ({ path: [...issue.path, ...inner.path], issue: inner.issue }));
}

/** Says that the value as a whole has the wrong type. */
function isTypeIssue(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function reason(issue: Issue, value: unknown, field: string): { why: string; hint: string } {
  switch (issue.code) {
    case 'custom': {
      const { why, hint } = issue.params ?? {};
      return { why: String(why), hint: String(hint) };
    }
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const [near] = typeof value === 'string' ? closest(value, choices) : [];
      return {
        why: `it can be ${listed(choices, 'or')}`,
        hint: near ? `Did you mean ${near}?` : `Write ${field}: ${choices[0] ?? ''}.`,
      };
    }
    case 'too_small':
    case 'too_big':
      return bounds(issue);
    case 'invalid_union':
      return typeReason(issue.errors.flat().filter(isTypeIssue).flatMap(expected), value, field);
    default:
      return typeReason(expected(issue), value, field);
  }
}

function bounds(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): { why: string; hint: string } {
  const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const side = issue.code === 'too_small' ? 'least' : 'most';
  const text = limit.toLocaleString('en-US');
  if (issue.origin === 'array') {
    const hint = issue.code === 'too_small' ? 'Write one at least, or remove the line.' : 'Shorten the list.';
    return { why: `${text} is the ${side} it can hold`, hint };
  }
  return { why: `${text} is the ${side}`, hint: `Write a whole number, at ${side} ${limit}.` };
}

function expected(issue: Issue): readonly string[] {
  return issue.code === 'invalid_type' ? [issue.expected] : [];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};

function typeReason(types: readonly string[], value: unknown, field: string): { why: string; hint: string } {
  const names = [...new Set(types.map((type) => TYPES[type] ?? type))];
  return { why: `it must be ${listed(names, 'or')}`, hint: typeHint(types, value, field) };
}

function typeHint(types: readonly string[], value: unknown, field: string): string {
  const wantsNumber = types.includes('number') || types.includes('int');
  if (wantsNumber && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) {
    return `Write it without quotes: ${field}: ${Number(value)}.`;
  }
  if (wantsNumber) return `Write a whole number, such as ${field}: 10.`;
  if (types.includes('boolean')) return `Write ${field}: true or ${field}: false, without quotes.`;
  if (typeof value === 'number' || typeof value === 'boolean') return 'Put it into quotes.';
  return types.includes('array') ? 'Write one text, or a list of texts.' : 'Write one text.';
}

/** A value as it stands in a sentence. */
function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a group of fields' : String(value);
}

function valueAt(values: Readonly<Record<string, unknown>>, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : value,
    values,
  );
}
