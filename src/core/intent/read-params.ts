import { explain } from '../documents/explain.js';
import { type FlatDocument, fieldName, pathText, type YamlProblem } from '../documents/flat-document.js';
import { PARAM_NAME, PARAM_TYPES, ParamDecl } from '../documents/param-decls.js';
import { defaultOf, readParam, sampleOf, shown } from '../documents/param-values.js';
import { patternFault } from '../documents/pattern.js';
import { DATE } from '../documents/template.js';
import type { Param } from '../model/param.js';
import { closest } from '../text/closest.js';
import { secondsOf } from '../text/duration.js';
import { listed } from '../text/listed.js';

const MOST = 25;

type Tell = (path: readonly PropertyKey[], message: string, hint: string) => void;

/** The parameters that an intent declares, in their order; what is wrong with one is told, and it is left out. */
export function readParams(document: FlatDocument, report: (problem: YamlProblem) => void): readonly Param[] {
  const written = document.values.get('params');
  if (written === undefined || document.refused.has('params')) return [];
  const tell: Tell = (path, message, hint) =>
    report({ ...document.locate(path), field: pathText(path), message, hint });
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    tell(['params'], 'params is not a group of parameters.', GROUP_HINT);
    return [];
  }
  const entries = Object.entries(written);
  if (entries.length > MOST) {
    tell(['params'], `params has ${entries.length} parameters, and ${MOST} is the most.`, 'Remove some.');
    return [];
  }
  return entries.flatMap(([name, decl]) => readOne(name, decl, tell) ?? []);
}

const GROUP_HINT = 'Write the name of one on a line of its own, and below it, indented, type: string.';

function readOne(name: string, written: unknown, tell: Tell): Param | null {
  const at = ['params', name];
  if (!PARAM_NAME.test(name) || name === DATE) {
    const hint = 'Use up to 32 small letters, digits and underscores, such as image_tag.';
    const why = name === DATE ? 'is taken: it is the day' : 'can’t be a parameter’s name';
    tell(at, `${fieldName(name)} ${why}.`, hint);
    return null;
  }
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    tell(at, `${pathText(at)} says nothing about the parameter.`, 'Write below it, indented, type: string.');
    return null;
  }
  const values: Readonly<Record<string, unknown>> = { ...written };
  const schema = ParamDecl.options.find((option) => option.shape.type.value === values.type);
  if (!schema) return noType(at, values.type, tell);
  let clean = true;
  const wrong: Tell = (path, message, hint) => {
    clean = false;
    tell([...at, ...path], message, hint);
  };
  for (const field of Object.keys(values)) {
    if (Object.hasOwn(schema.shape, field)) continue;
    const [near] = closest(field, Object.keys(schema.shape));
    const message = `${pathText([...at, field])} is not a field of a ${String(values.type)} parameter.`;
    wrong([field], message, near ? `Did you mean ${near}?` : 'Remove the line.');
  }
  const known = Object.fromEntries(Object.entries(values).filter(([field]) => field in schema.shape));
  const parsed = ParamDecl.safeParse(known);
  for (const issue of parsed.error?.issues ?? []) {
    for (const { path, message, hint } of explain(issue, known, schema)) {
      wrong(path, `${pathText(at)}: ${message}`, hint);
    }
  }
  if (!parsed.success || !clean) return null;
  const param: Param = { ...parsed.data, name };
  contradictions(param, wrong);
  return clean ? param : null;
}

function noType(at: readonly PropertyKey[], type: unknown, tell: Tell): null {
  const [near] = typeof type === 'string' ? closest(type, PARAM_TYPES) : [];
  const types = listed(PARAM_TYPES, 'or');
  if (type === undefined) tell(at, `${pathText(at)} has no type.`, `Add type: with ${types}.`);
  else {
    const path = [...at, 'type'];
    tell(
      path,
      `${pathText(path)} can be ${types}.`,
      near ? `Did you mean ${near}?` : 'Write type: string for a text.',
    );
  }
  return null;
}

/** What can't all be true of one parameter. */
function contradictions(param: Param, wrong: Tell): void {
  const label = (field: string): string => pathText(['params', param.name, field]);
  if (param.type === 'string' && param.pattern !== undefined) {
    const unusable = patternFault(param.pattern);
    if (unusable) {
      wrong(['pattern'], `${label('pattern')} ${unusable.why}.`, unusable.hint);
      return;
    }
  }
  for (const field of ['min', 'max'] as const) {
    if (param.type !== 'duration' || param[field] === undefined || secondsOf(param[field]) !== null) continue;
    wrong([field], `${label(field)} is no duration.`, 'Write it like 90s, 5m, 2h or 1d.');
    return;
  }
  if ('min' in param && param.min !== undefined && param.max !== undefined && above(param.min, param.max)) {
    wrong(['min'], `${label('min')} is more than max.`, 'Exchange the two.');
    return;
  }
  for (const [field, value] of [
    ['default', defaultOf(param)],
    ['example', param.type === 'string' ? param.example : undefined],
  ] as const) {
    const read = value === undefined ? null : readParam(param, value);
    if (read === null || read.ok || value === undefined) continue;
    wrong([field], `${label(field)} is ${shown(value)}, but ${read.why}.`, 'Write a value that fits.');
  }
  if (sampleOf(param) === undefined) {
    const message = `${pathText(['params', param.name])} has a pattern, but neither default nor example.`;
    wrong(
      [],
      message,
      'Add a line such as example: with a value that fits; people see it when they are asked.',
    );
  }
}

function above(min: number | string, max: number | string): boolean {
  return typeof min === 'number' ? min > Number(max) : (secondsOf(min) ?? 0) > (secondsOf(String(max)) ?? 0);
}
