import { sentence } from '../documents/explain.js';
import { type FlatDocument, fieldName, pathText, type YamlProblem } from '../documents/flat-document.js';
import type { Confirm } from '../model/confirm-rule.js';
import type { IntentStep } from '../model/intent.js';
import type { Params } from '../model/request.js';
import { closest } from '../text/closest.js';
import { listed } from '../text/listed.js';
import type { Position } from '../text/problem.js';
import { kindOf } from './kind-of.js';
import type { Kind, Place } from './kinds/kind.js';
import { allFields, kindsWith, kindTitle, ownersTitle } from './kinds/kinds.js';
import { readFields, type Tell, tellOf } from './read-fields.js';
import { takenIn, ungrouped, type Written } from './taken.js';

/** What one document says about the intent as a whole. */
export interface IntentFields {
  readonly description?: string | undefined;
  readonly label_required?: string | undefined;
  readonly confirm?: Confirm | undefined;
  readonly approver_role?: string | undefined;
  readonly depends_on: readonly string[];
}

/** Where a document names another intent. */
export interface Mention extends Position {
  readonly name: string;
  /** The field's path, such as `depends_on[1]` or `steps.backup.intent`. */
  readonly field: string;
  /** Where a step names it; missing for `depends_on`. */
  readonly reference?: Reference;
}

/** How a step gives values to the intent that it runs. */
export interface Reference {
  readonly step: string;
  /** Every parameter that gets a value, with the values that are the same in each run. */
  readonly given: readonly string[];
  readonly constants: Params;
  readonly locate: (param: string) => Position;
}

export interface ReadStep {
  readonly step: IntentStep;
  readonly intent: IntentFields;
  readonly mentions: readonly Mention[];
}

/** Where a document stands. */
export interface Where {
  readonly folder: string;
  readonly intent: string;
  /** The stack where none is written; else the intent's name. */
  readonly stack?: string;
}

/**
 * Makes a step of one document; null when anything is wrong with it, and then `report` was told all of it.
 * @param written what the document was before values were put into it; null when none were
 */
export function readStep(
  document: FlatDocument,
  where: Where,
  report: (problem: YamlProblem) => void,
  written: Written | null = null,
): ReadStep | null {
  let clean = document.refused.size === 0;
  const toldOf = tellOf(document, report);
  const tell: Tell = (...problem) => {
    clean = false;
    toldOf(...problem);
  };
  const { kind, schema } = kindOf(document.values);
  const known = kind ? Object.keys(schema.shape) : allFields();
  const parsed = readFields(document, schema, tell, (field) => strange(field, kind, known), known);
  if (!kind || !parsed) return null;

  const intent = parsed as unknown as IntentFields & { readonly stack?: string };
  const fault: Place['fault'] = (path, { why, hint }) => {
    const value = document.values.get(String(path[0]));
    const item = path.length > 1 && Array.isArray(value) ? (value[Number(path[1])] as unknown) : value;
    const { message, hint: better } = sentence(path, item, why, hint);
    tell(path, message, better);
  };
  const place = {
    folder: where.folder,
    intent: where.intent,
    stack: intent.stack ?? where.stack ?? where.intent,
  };
  const step = kind.step(parsed, {
    ...place,
    isWritten: (field) => document.values.has(field),
    fault,
    problem: tell,
    resolved: (field, path) => {
      if (path.ok) return path.path;
      fault([field], path);
      return '';
    },
  });
  const lost = written && ungrouped(written);
  if (lost) tell(['retention_days'], ...lost);
  if (!clean) return null;
  const taken = written && takenIn(written, document, (other) => quietly(kind, other, place));
  return {
    step: taken ? { ...step, taken } : step,
    intent,
    mentions: dependencyMentions(intent, document),
  };
}

/** The step that a document makes; null when it makes none. */
function quietly(
  { schema, step }: Kind,
  { values }: FlatDocument,
  where: Pick<Place, 'folder' | 'intent' | 'stack'>,
): IntentStep | null {
  const known = [...values].filter(([field]) => Object.hasOwn(schema.shape, field));
  const parsed = schema.safeParse(Object.fromEntries(known));
  if (!parsed.success) return null;
  let clean = true;
  const fault = (): void => {
    clean = false;
  };
  const made = step(parsed.data, {
    ...where,
    isWritten: (field) => values.has(field),
    fault,
    problem: fault,
    resolved: (_, path) => {
      if (!path.ok) fault();
      return path.ok ? path.path : '';
    },
  });
  return clean ? made : null;
}

/** Where `depends_on` names intents. */
export function dependencyMentions({ depends_on }: IntentFields, document: FlatDocument): readonly Mention[] {
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
  if (kind && (field === 'steps' || field === 'max_parallel')) {
    return [`${name} belongs to action: steps, and this is ${kindTitle(kind)}.`, 'Remove the line.'];
  }
  if (kind && field === 'link_dest') {
    const what = `${name} belongs to ${ownersTitle(owners)}, and this is ${kindTitle(kind)}.`;
    return [what, 'Write backup_type: files to keep dated snapshots, or remove the line.'];
  }
  if (kind && owners.length > 0) {
    return [`${name} belongs to ${ownersTitle(owners)}, and this is ${kindTitle(kind)}.`, 'Remove the line.'];
  }
  const [near] = closest(field, known);
  const fields = kind ? `The fields here are ${listed(known, 'and')}.` : 'docs/intents.md lists the fields.';
  const message = `${name} is not a field${kind ? ` of ${kindTitle(kind)}` : ''}.`;
  return [message, near ? `Did you mean ${near}?` : fields];
}
