import * as z from 'zod';
import {
  type FlatDocument,
  fieldName,
  pathText,
  type StepGroup,
  type YamlProblem,
} from '../documents/flat-document.js';
import type { TemplateValues } from '../documents/template.js';
import type { GraphStep, GraphWork } from '../model/graph.js';
import type { IntentStep } from '../model/intent.js';
import { fillDocument } from './fill-document.js';
import { readFields, tellOf } from './read-fields.js';
import { readReference } from './read-reference.js';
import { type Mention, readStep, type Where } from './read-step.js';
import { isStepName, OF_THE_WHOLE, STEP } from './steps-fields.js';

/** What templates take in. */
export interface StepFilling {
  readonly values: TemplateValues;
  /** Without parameters the fields of an action stand as they are written: tools have braces of their own. */
  readonly hasParams: boolean;
}

/** One step as it was read; null is what could not be. */
export interface FoundStep {
  readonly group: StepGroup;
  readonly rules: Pick<GraphStep, 'needs' | 'when' | 'onFailure'> | null;
  readonly does: StepWork | null;
}

type StepWork = { readonly inline: IntentStep } | { readonly work: GraphWork; readonly mention: Mention };

export function pathOf({ name }: StepGroup): string {
  return pathText(['steps', name]);
}

const RULES = z.object(STEP);

/** Reads one group below `steps:`: when it runs, and what it does. */
export function readStepGroup(
  group: StepGroup,
  where: Where,
  filling: StepFilling,
  report: (problem: YamlProblem) => void,
): FoundStep {
  const nothing = { group, rules: null, does: null };
  const tell = (message: string, hint: string, at = group.at): void =>
    report({ ...at, field: '', message, hint });
  if (!isStepName(group.name)) {
    const hint = 'Use up to 60 letters, digits, underscores and dashes, such as backup_plex.';
    tell(`${fieldName(group.name)} can’t be a step’s name.`, hint);
    return nothing;
  }
  const { fields } = group;
  if (!fields) {
    tell(`${pathOf(group)} says nothing about the step.`, 'Write below it, indented, intent: or action:.');
    return nothing;
  }
  const isRule = (field: string): boolean => Object.hasOwn(STEP, field);
  const rules = readFields(part(fields, isRule), RULES, tellOf(fields, report), () => ['', '']);
  const found = {
    group,
    rules: rules && { needs: rules.needs, when: rules.when ?? null, onFailure: rules.on_failure },
  };
  const has = (field: string): boolean => fields.values.has(field) || fields.refused.has(field);
  if (has('intent') === has('action')) {
    if (has('intent')) {
      const hint = 'Remove one of the two; a step runs an intent, or has an action of its own.';
      tell(`${pathOf(group)} has both intent and action.`, hint, fields.locateKey('intent'));
    } else {
      const hint = 'Add intent: with the name of an intent, or action: with its fields.';
      tell(`${pathOf(group)} does not say what it does.`, hint);
    }
    return { ...found, does: null };
  }
  const work = part(fields, (field) => !isRule(field));
  if (has('intent')) return { ...found, does: readReference(group.name, work, filling.values, report) };
  return { ...found, does: readAction(work, where, filling, report) };
}

/** Those fields of a document that belong to one part of a step. */
function part(document: FlatDocument, belongs: (field: string) => boolean): FlatDocument {
  return {
    ...document,
    values: new Map([...document.values].filter(([field]) => belongs(field))),
    refused: new Set([...document.refused].filter(belongs)),
  };
}

/** An action of its own: the same fields as a document, without those of an intent as a whole. */
function readAction(
  document: FlatDocument,
  where: Where,
  { values, hasParams }: StepFilling,
  report: (problem: YamlProblem) => void,
): { readonly inline: IntentStep } | null {
  let clean = true;
  const tell = (path: readonly [string], message: string, hint: string): void => {
    clean = false;
    report({ ...document.locateKey(path[0]), field: path[0], message, hint });
  };
  for (const field of OF_THE_WHOLE.filter((one) => document.values.has(one))) {
    const hint =
      field === 'params'
        ? 'Declare it at the top; fields here take it in as {{ name }}.'
        : 'Move it to the top of the file.';
    tell([field], `${field} belongs to the intent as a whole, not to one of its steps.`, hint);
  }
  if (document.values.get('action') === 'steps') {
    tell(['action'], 'A step can’t have steps of its own.', 'Write its steps beside the others.');
    return null;
  }
  const own = part(document, (field) => !OF_THE_WHOLE.includes(field));
  const filled = hasParams ? fillDocument(own, values, report) : own;
  const read = readStep(filled, where, report, hasParams ? { document: own, values } : null);
  if (read?.step.kind === 'scale' && read.step.fields.replicas === null) {
    tell(
      ['action'],
      'How many replicas is not said.',
      'Add a line such as replicas: 3, or replicas: "{{ n }}" with a parameter n.',
    );
  }
  return read && clean ? { inline: read.step } : null;
}
