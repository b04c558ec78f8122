import { sentence } from '../documents/explain.js';
import { type FlatDocument, fieldName, pathText, type YamlProblem } from '../documents/flat-document.js';
import { fill, isTemplate, type TemplateValues, templateFault } from '../documents/template.js';
import type { GraphWork } from '../model/graph.js';
import type { Params } from '../model/request.js';
import { closest } from '../text/closest.js';
import { readFields, tellOf } from './read-fields.js';
import type { Mention } from './read-step.js';
import { REFERENCE } from './steps-fields.js';

/** A step that runs another intent: what it does, and where its file says so. */
export interface ReadReference {
  readonly work: GraphWork;
  readonly mention: Mention;
}

/**
 * Reads a step with `intent:`. Values of its `params` are filled in one by one: what a parameter of this intent
 * holds becomes one value of a parameter of the other, and is judged there like any value that people give.
 */
export function readReference(
  step: string,
  document: FlatDocument,
  values: TemplateValues,
  report: (problem: YamlProblem) => void,
): ReadReference | null {
  let clean = document.refused.size === 0;
  const noted = (problem: YamlProblem): void => {
    clean = false;
    report(problem);
  };
  const fields = readFields(document, REFERENCE, tellOf(document, noted), strange);
  const params: Record<string, Params[string]> = {};
  const constants: Record<string, Params[string]> = {};
  for (const [name, written] of Object.entries(groupOf(document, noted))) {
    const path = ['params', name];
    const value = filled(path, written, values, (message, hint) =>
      noted({ ...document.locate(path), field: pathText(path), message, hint }),
    );
    if (value === null) continue;
    params[name] = value;
    if (value === written) constants[name] = value;
  }
  if (!fields || !clean) return null;
  const { intent } = fields;
  const given = Object.keys(params);
  const locate: NonNullable<Mention['reference']>['locate'] = (param) => document.locate(['params', param]);
  return {
    work: { kind: 'intent', intent, params },
    mention: {
      name: intent,
      field: pathText(['steps', step, 'intent']),
      ...document.locate(['intent']),
      reference: { step, given, constants, locate },
    },
  };
}

function groupOf(document: FlatDocument, report: (problem: YamlProblem) => void): object {
  const written = document.values.get('params');
  if (written === undefined || document.refused.has('params')) return {};
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) return written;
  report({
    ...document.locate(['params']),
    field: 'params',
    message: 'params is not a group of values.',
    hint: 'Write below it, indented, a line such as keep: 3.',
  });
  return {};
}

function filled(
  path: readonly string[],
  written: unknown,
  values: TemplateValues,
  tell: (message: string, hint: string) => void,
): Params[string] | null {
  if (typeof written === 'number' || typeof written === 'boolean') return written;
  if (typeof written !== 'string') {
    const { message, hint } = sentence(
      path,
      written,
      'a parameter has one value: text, a number, or true or false',
      'Write one value.',
    );
    tell(message, hint);
    return null;
  }
  if (!isTemplate(written)) return written;
  const value = templateFault(written, Object.keys(values)) ?? fill(written, values);
  if (typeof value !== 'object') return value;
  const { message, hint } = sentence(path, written, value.why, value.hint);
  tell(message, hint);
  return null;
}

function strange(field: string): [message: string, hint: string] {
  const known = Object.keys(REFERENCE.shape);
  const [near] = closest(field, known);
  return [
    `${fieldName(field)} is not a field of a step that runs another intent.`,
    near
      ? `Did you mean ${near}?`
      : 'That intent says it; write here only intent, params, needs, when and on_failure.',
  ];
}
