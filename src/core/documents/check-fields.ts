import type * as z from 'zod';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import { explain } from './explain.js';
import { type FlatDocument, fieldName, pathText, type YamlProblem } from './flat-document.js';

/** What the schema makes of the fields; null when anything is wrong, and then `report` was told all of it. */
export function checkFields<Schema extends z.ZodObject>(
  fields: FlatDocument,
  schema: Schema,
  report: (problem: YamlProblem) => void,
): z.output<Schema> | null {
  let clean = fields.refused.size === 0;
  const known = Object.keys(schema.shape);
  const values: Record<string, unknown> = {};
  for (const [field, value] of fields.values) {
    if (known.includes(field)) {
      values[field] = value;
      continue;
    }
    clean = false;
    const [near] = closest(field, known);
    const hint = near ? `Did you mean ${near}?` : `The fields here are ${listed(known, 'and')}.`;
    const message = `${fieldName(field)} is not a field here.`;
    report({ ...fields.locateKey(field), field: pathText([field]), message, hint });
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return clean ? parsed.data : null;
  for (const issue of parsed.error.issues) {
    if (fields.refused.has(String(issue.path[0]))) continue;
    for (const { path, message, hint } of explain(issue, values, schema)) {
      report({ ...fields.locate(path), field: pathText(path), message, hint });
    }
  }
  return null;
}
