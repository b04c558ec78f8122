import type { Param } from '../model/param.js';
import { firstHidden, hasHidden, quote } from '../text/characters.js';
import { closest } from '../text/closest.js';
import { secondsOf } from '../text/duration.js';
import { listed } from '../text/listed.js';
import type { Fault } from './forms.js';
import { fitsPattern } from './pattern.js';
import type { TemplateValues } from './template.js';

export type ParamValue = TemplateValues[string];

/** A parameter's value as its type has it, or why what was given is none. */
export type ReadValue = { readonly ok: true; readonly value: ParamValue } | ({ readonly ok: false } & Fault);

/** Text without a pattern of its own: no slash, no line break, nothing that could begin an option or a path. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M} ._@:+=,-]*$/u;

/** Reads what somebody gave for a parameter. Text stands for numbers and switches, as on the command line. */
export function readParam(param: Param, given: ParamValue): ReadValue {
  switch (param.type) {
    case 'string':
      return typeof given === 'string' ? readText(param, given) : readText(param, String(given));
    case 'integer':
    case 'number':
      return readNumber(param, given);
    case 'boolean':
      return readSwitch(given, param);
    case 'choice':
      return readChoice(param, String(given));
    case 'duration':
      return readDuration(param, String(given));
    case 'artifact':
      return hasHidden(String(given)) || !String(given).startsWith('/')
        ? fault(param, 'it is not the path of a backup')
        : { ok: true, value: String(given) };
  }
}

/** A parameter's value when nobody gives one; undefined when it must be given. */
export function defaultOf(param: Param): ParamValue | undefined {
  return param.type === 'artifact' ? undefined : param.default;
}

/**
 * A value that fits, to check an intent's fields with before anybody has given one; undefined when none can
 * be thought of.
 */
export function sampleOf(param: Param): ParamValue | undefined {
  const given = defaultOf(param);
  if (given !== undefined) return given;
  switch (param.type) {
    case 'string':
      return param.example ?? (param.pattern === undefined ? 'example' : undefined);
    case 'integer':
    case 'number':
      return param.min ?? Math.min(1, param.max ?? 1);
    case 'boolean':
      return false;
    case 'choice':
      return param.choices[0];
    case 'duration':
      return param.min ?? param.max ?? '1m';
    case 'artifact':
      return '/backups/example.tar.gz';
  }
}

/** What a value must be, to stand after "it must be" or "Give …:". */
export function formOf(param: Param): string {
  switch (param.type) {
    case 'string':
      return param.pattern === undefined
        ? `text of up to ${param.max_length} letters, digits, spaces and . _ @ : + = , -`
        : `text of the form ${param.pattern}${param.example === undefined ? '' : `, such as ${param.example}`}`;
    case 'integer':
      return `a whole number${range(param.min, param.max)}`;
    case 'number':
      return `a number${range(param.min, param.max)}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return listed(param.choices, 'or');
    case 'duration':
      return `a duration such as 90s, 5m, 2h or 1d${range(param.min, param.max)}`;
    case 'artifact':
      return `the path of a backup that ${param.intent} made`;
  }
}

function readText(param: Extract<Param, { type: 'string' }>, value: string): ReadValue {
  if (value === '') return fault(param, 'it is empty');
  if (value.length > param.max_length) {
    return fault(param, `at most ${param.max_length.toLocaleString('en-US')} characters fit`);
  }
  const hidden = firstHidden(value);
  if (hidden !== null) {
    return fault(param, `it holds a line break or another character that can’t be seen (${hidden})`);
  }
  if (value.split('/').includes('..')) return fault(param, 'no part of it may be ..');
  const fits = param.pattern === undefined ? PLAIN.test(value) : fitsPattern(param.pattern, value);
  return fits ? { ok: true, value } : fault(param, `it must be ${formOf(param)}`);
}

function readNumber(param: Extract<Param, { type: 'integer' | 'number' }>, given: ParamValue): ReadValue {
  const isNumeral = typeof given === 'number' || /^-?\d{1,15}(\.\d{1,10})?$/.test(String(given));
  const value = isNumeral ? Number(given) : Number.NaN;
  const fits =
    Number.isFinite(value) &&
    (param.type === 'number' || Number.isSafeInteger(value)) &&
    value >= (param.min ?? Number.NEGATIVE_INFINITY) &&
    value <= (param.max ?? Number.POSITIVE_INFINITY);
  return fits ? { ok: true, value } : fault(param, `it must be ${formOf(param)}`);
}

function readSwitch(given: ParamValue, param: Param): ReadValue {
  const word = String(given).toLowerCase();
  if (word === 'true' || word === 'yes' || word === 'on') return { ok: true, value: true };
  if (word === 'false' || word === 'no' || word === 'off') return { ok: true, value: false };
  return fault(param, 'it must be true or false');
}

function readChoice(param: Extract<Param, { type: 'choice' }>, value: string): ReadValue {
  if (param.choices.includes(value)) return { ok: true, value };
  const [near] = closest(value, param.choices);
  const { why, hint } = fault(param, `it can be ${formOf(param)}`);
  return { ok: false, why, hint: near ? `Did you mean ${near}?` : hint };
}

function readDuration(param: Extract<Param, { type: 'duration' }>, value: string): ReadValue {
  const length = secondsOf(value);
  const fits =
    length !== null &&
    length >= (secondsOf(param.min ?? '') ?? 0) &&
    length <= (secondsOf(param.max ?? '') ?? Number.POSITIVE_INFINITY);
  return fits ? { ok: true, value } : fault(param, `it must be ${formOf(param)}`);
}

function range(min: number | string | undefined, max: number | string | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;
  return max === undefined ? '' : `, at most ${max}`;
}

function fault(param: Param, why: string): { readonly ok: false } & Fault {
  return { ok: false, why, hint: `Give ${param.name} as ${formOf(param)}.` };
}

/** A value in a sentence. */
export function shown(value: ParamValue): string {
  return typeof value === 'string' ? quote(value) : String(value);
}
