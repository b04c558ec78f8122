import type { FlatDocument } from '../documents/flat-document.js';
import { DATE, isTemplate, type TemplateValues, variablesOf } from '../documents/template.js';
import type { IntentStep, Taken } from '../model/intent.js';
import { labelOf, placeOf } from '../model/origin.js';
import { quote } from '../text/characters.js';

/** A document as it is written, and what its templates take in. */
export interface Written {
  readonly document: FlatDocument;
  readonly values: TemplateValues;
}

/** Fields that say where to, in which a value makes no other backup. */
const WHERE_TO: readonly string[] = ['destination', 'destination_path', 'destination_container', 'storage'];
/** Fields that say nothing of what is inside. */
const NEUTRAL: readonly string[] = [
  ...['retention_days', 'min_keep', 'min_files', 'max_delete', 'require_mount', 'password_secret', 'notes'],
  ...['compress', 'compress_level', 'consistency', 'verify', 'mode', 'timeout', 'stable_for', 'replicas'],
  ...['min', 'max', 'max_age', 'keep', 'strategy', 'start'],
];
/** Fields that a step's place holds already. */
const WHERE_FROM: readonly string[] = [
  'source',
  'source_path',
  'source_container',
  'vm_id',
  'compose',
  'project',
  'service',
];
/** Stands where a value would, until the path has been resolved. */
const ANY = 'chatops-any-value';

/** What is put into fields that tell backups apart; null when that is nothing. */
export function takenIn(
  { document: written, values }: Written,
  filled: FlatDocument,
  stepOf: (document: FlatDocument) => IntentStep | null,
): Taken | null {
  const templated = [...written.values].filter(([, value]) => textsOf(value).some(isTemplate));
  const shaping = templated.filter(([field]) => !WHERE_TO.includes(field) && !NEUTRAL.includes(field));
  const where = templated.filter(([field]) => WHERE_TO.includes(field));
  if (shaping.length === 0 && where.length === 0) return null;
  const generic = new Map([
    ...filled.values,
    ...where.map(([field, value]) => [field, String(value).replaceAll(/\{\{.*?\}\}/gs, ANY)] as const),
  ]);
  const step = stepOf({ ...filled, values: generic });
  const others = shaping.filter(([field]) => !WHERE_FROM.includes(field));
  const names = [...new Set(shaping.flatMap(([, value]) => textsOf(value).flatMap(variablesOf)))];
  return {
    ...(step === null ? {} : { destination: placeOf(step).destination.replaceAll(ANY, '*') }),
    shape: Object.fromEntries(others.map(([field]) => [field, JSON.stringify(filled.values.get(field))])),
    label: labelOf(names.map((name) => String(values[name] ?? ''))),
  };
}

/** Why which archives are older copies of the same can't be told, so that none may be deleted for its age. */
export function ungrouped({ document }: Written): readonly [message: string, hint: string] | null {
  const days = document.values.get('retention_days');
  if (days === undefined || days === null) return null;
  for (const [field, value] of document.values) {
    const texts = textsOf(value).filter(isTemplate);
    const is = `retention_days is ${typeof days === 'string' ? quote(days) : String(days)}, but`;
    if (WHERE_TO.includes(field) && texts.some((text) => /^\/*\s*\{\{/.test(text))) {
      return [
        `${is} ${field} begins with a parameter, so which archives belong together can’t be told.`,
        `Begin ${field} with what stays the same, such as /srv/backups/{{ name }}, or remove retention_days.`,
      ];
    }
    if (WHERE_FROM.includes(field) && texts.some((text) => variablesOf(text).includes(DATE))) {
      return [
        `${is} ${field} holds the date: each day is another source, so no archive is an older copy of the same.`,
        `Take {{ date }} out of ${field}, or remove retention_days.`,
      ];
    }
  }
  return null;
}

function textsOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
