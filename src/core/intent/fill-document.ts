import { sentence } from '../documents/explain.js';
import { type FlatDocument, pathText, type YamlProblem } from '../documents/flat-document.js';
import { fill, isTemplate, type TemplateValues, templateFault } from '../documents/template.js';

/** What an intent is, and whom it concerns, is the same for every value: rights are judged by it. */
const FIXED: readonly string[] = [
  'action',
  'backup_type',
  'database_type',
  'stack',
  'label_required',
  'confirm',
  'approver_role',
  'depends_on',
];
/** Can the field take in parameters? */
export function isFillable(field: string): boolean {
  return !FIXED.includes(field) && !LEFT_ALONE.includes(field);
}

/** Texts for people, the declarations themselves, and what comes before any value is given. */
const LEFT_ALONE: readonly string[] = ['description', 'params', 'schedule'];

/**
 * The document with the values put into its fields, field by field: a value can't become another field, a
 * second item of a list, or part of another text. Tells what is wrong with a template.
 */
export function fillDocument(
  document: FlatDocument,
  values: TemplateValues,
  report: (problem: YamlProblem) => void,
): FlatDocument {
  const refused = new Set(document.refused);
  const fillOne = (path: readonly PropertyKey[], value: unknown): unknown => {
    if (typeof value !== 'string' || !isTemplate(value)) return value;
    const wrong = FIXED.includes(String(path[0])) ? IS_FIXED : templateFault(value, Object.keys(values));
    const filled = wrong ?? fill(value, values);
    if (typeof filled !== 'object') return filled;
    refused.add(String(path[0]));
    report({
      ...document.locate(path),
      field: pathText(path),
      ...sentence(path, value, filled.why, filled.hint),
    });
    return value;
  };
  const filled = [...document.values].map(([field, value]): [string, unknown] => {
    if (LEFT_ALONE.includes(field)) return [field, value];
    if (!Array.isArray(value)) return [field, fillOne([field], value)];
    return [field, value.map((item, index) => fillOne([field, index], item))];
  });
  const kept = filled.filter(([field]) => !refused.has(field));
  return { ...document, values: new Map(kept), refused };
}

const IS_FIXED = {
  why: 'this field can’t depend on a parameter, because rights are judged by it',
  hint: 'Write the value itself; make one intent for each.',
};
