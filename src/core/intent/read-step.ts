import type { Confirm } from '../confirm-rule.js';
import { closest } from './closest.js';
import { explain, sentence } from './explain.js';
import { type FlatDocument, fieldName, pathText, type YamlProblem } from './flat-document.js';
import type { IntentStep } from './intent.js';
import { kindOf } from './kind-of.js';
import type { Kind, Place } from './kinds/kind.js';
import { allFields, kindsWith, kindTitle, ownersTitle } from './kinds/kinds.js';
import { listed } from './listed.js';
import type { Position } from './problem.js';

/** What one document says about the intent as a whole. */
export interface IntentFields {
  readonly description?: string | undefined;
  readonly label_required?: string | undefined;
  readonly confirm?: Confirm | undefined;
  readonly approver_role?: string | undefined;
  readonly depends_on: readonly string[];
}

/** Where a document names an intent in `depends_on`. */
export interface Mention extends Position {
  readonly name: string;
  /** The field's path, such as `depends_on[1]`. */
  readonly field: string;
}

export interface ReadStep {
  readonly step: IntentStep;
  readonly intent: IntentFields;
  readonly mentions: readonly Mention[];
}

/** Makes a step of one document; null when anything is wrong with it, and then `report` was told all of it. */
export function readStep(
  document: FlatDocument,
  where: { readonly folder: string; readonly intent: string },
  report: (problem: YamlProblem) => void,
): ReadStep | null {
  let clean = document.refused.size === 0;
  const tell = (path: readonly PropertyKey[], message: string, hint: string, key = false): void => {
    clean = false;
    const field = String(path[0]);
    if (document.refused.has(field)) return;
    const position = key ? document.locateKey(field) : document.locate(path);
    report({ ...position, field: pathText(path), message, hint });
  };

  const { kind, schema } = kindOf(document.values);
  const known = kind ? Object.keys(schema.shape) : allFields();
  const values: Record<string, unknown> = {};
  for (const [field, value] of document.values) {
    if (known.includes(field)) values[field] = value;
    else tell([field], ...strange(field, kind, known), true);
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      for (const { path, message, hint } of explain(issue, values, schema)) tell(path, message, hint);
    }
  }
  if (!kind || !parsed.success) return null;

  const intent = parsed.data as unknown as IntentFields & { readonly stack?: string };
  const fault: Place['fault'] = (path, { why, hint }) => {
    const value = document.values.get(String(path[0]));
    const item = path.length > 1 && Array.isArray(value) ? (value[Number(path[1])] as unknown) : value;
    const { message, hint: better } = sentence(path, item, why, hint);
    tell(path, message, better);
  };
  const step = kind.step(parsed.data, {
    ...where,
    stack: intent.stack ?? where.intent,
    fault,
    problem: tell,
    resolved: (field, path) => {
      if (path.ok) return path.path;
      fault([field], path);
      return '';
    },
  });
  return clean ? { step, intent, mentions: mentions(intent, document) } : null;
}

function mentions({ depends_on }: IntentFields, document: FlatDocument): readonly Mention[] {
  const isList = Array.isArray(document.values.get('depends_on'));
  return depends_on.map((name, index) => {
    const path = isList ? ['depends_on', index] : ['depends_on'];
    return { name, field: pathText(path), ...document.locate(path) };
  });
}

/** What to say about a field that this kind does not have. */
function strange(
  field: string,
  kind: Kind | null,
  known: readonly string[],
): [message: string, hint: string] {
  const name = fieldName(field);
  const owners = kindsWith(field);
  if (kind && owners.length > 0) {
    return [`${name} belongs to ${ownersTitle(owners)}, and this is ${kindTitle(kind)}.`, 'Remove the line.'];
  }
  const [near] = closest(field, known);
  const fields = kind ? `The fields here are ${listed(known, 'and')}.` : 'docs/intents.md lists the fields.';
  const message = `${name} is not a field${kind ? ` of ${kindTitle(kind)}` : ''}.`;
  return [message, near ? `Did you mean ${near}?` : fields];
}
