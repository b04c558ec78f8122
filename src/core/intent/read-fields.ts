import type * as z from 'zod';
import { explain } from '../documents/explain.js';
import { type FlatDocument, pathText, type YamlProblem } from '../documents/flat-document.js';

/** Tells what is wrong with a field; `key`: its name stands there, not its value. */
export type Tell = (path: readonly PropertyKey[], message: string, hint: string, key?: boolean) => void;

/** Reports problems of a document where they stand; silent about fields that were refused already. */
export function tellOf(document: FlatDocument, report: (problem: YamlProblem) => void): Tell {
  return (path, message, hint, key = false) => {
    const field = String(path[0]);
    if (document.refused.has(field)) return;
    const position = key ? document.locateKey(field) : document.locate(path);
    report({ ...position, field: pathText(path), message, hint });
  };
}

/**
 * What a schema makes of a document's fields; null when anything is wrong with them, and then `tell` was told.
 * @param strange what to say about a field that the schema does not have
 */
export function readFields<Schema extends z.ZodObject>(
  document: FlatDocument,
  schema: Schema,
  tell: Tell,
  strange: (field: string) => readonly [message: string, hint: string],
  known: readonly string[] = Object.keys(schema.shape),
): z.output<Schema> | null {
  const values: Record<string, unknown> = {};
  for (const [field, value] of document.values) {
    if (known.includes(field)) values[field] = value;
    else tell([field], ...strange(field), true);
  }
  const parsed = schema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    for (const { path, message, hint } of explain(issue, values, schema)) tell(path, message, hint);
  }
  return parsed.success ? (parsed.data as z.output<Schema>) : null;
}
