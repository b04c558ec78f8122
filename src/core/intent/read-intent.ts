import { basename, dirname, resolve } from 'node:path';
import type { FlatDocument, YamlProblem } from '../documents/flat-document.js';
import { isName } from '../documents/forms.js';
import { readOwnSchedule } from '../documents/own-schedules.js';
import { sampleOf } from '../documents/param-values.js';
import { MAX_BYTES, readYaml } from '../documents/read-yaml.js';
import { DATE, type TemplateValues } from '../documents/template.js';
import type { Intent, IntentProblem } from '../model/intent.js';
import type { Param } from '../model/param.js';
import { quote } from '../text/characters.js';
import { START } from '../text/problem.js';
import { askable } from './askable.js';
import { fillDocument } from './fill-document.js';
import { readParams } from './read-params.js';
import { type IntentFields, type Mention, readStep, type Where } from './read-step.js';
import { readSteps } from './read-steps.js';

/** More problems of one file than this are only counted. */
const MAX_PROBLEMS = 25;

/** An intent, or everything that is wrong with its file. */
export type ReadIntent =
  | {
      readonly intent: Intent;
      readonly problems: readonly [];
      /** Where the file names other intents. */
      readonly mentions: readonly Mention[];
    }
  | { readonly intent: null; readonly problems: readonly IntentProblem[] };

/** An intent's name: its file's name without the ending. */
export function intentName(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

/**
 * Reads an intent from its file's text. Other files are not looked at, so names in `depends_on` are only
 * checked for their form. Never throws.
 * @param file gives the intent its name; relative paths in the text start at its folder.
 * @param values of every parameter, and the day; samples when left out.
 */
export function readIntent(text: string, file: string, values?: TemplateValues): ReadIntent {
  const problems: YamlProblem[] = [];
  const report: Report = (problem) => {
    problems.push(problem);
  };
  const name = intentName(file);
  if (!isName(name)) report(badName(file));
  const tooLarge = Buffer.byteLength(text) > MAX_BYTES;
  if (tooLarge) report(TOO_LARGE);
  const yaml = tooLarge ? { documents: [], problems: [] } : readYaml(text);
  yaml.problems.forEach(report);
  const where = { folder: dirname(resolve(file)), intent: name };
  const params = paramsOf(yaml.documents, report);
  const sample = values ?? samples(params);
  const [graph] = yaml.documents.filter(({ values }) => values.get('action') === 'steps');
  const read = graph
    ? readGraph(graph, yaml.documents, where, { params, values: sample }, report)
    : readDocuments(yaml.documents, where, { params, values: sample }, report);
  for (const field of OF_THE_WHOLE) compareDocuments(yaml.documents, field, report);
  checkApprover(yaml.documents, report);
  const takes = read && askable({ ...read.intent, params });
  const schedule = readOwnSchedule(yaml.documents, { name, file, params: takes }, report);
  if (problems.length > 0 || !read) return { intent: null, problems: bounded(problems, file) };
  const template = params.length > 0 || graph ? text : null;
  return {
    intent: { name, file, ...read.intent, params, template, ...(schedule ? { schedule } : {}) },
    problems: [],
    mentions: read.mentions,
  };
}

type Report = (problem: YamlProblem) => void;
type Filling = { readonly params: readonly Param[]; readonly values: TemplateValues };

/** What the documents say, and where they name other intents; null when there is nothing that could be used. */
type Read = {
  readonly intent: Omit<Intent, 'name' | 'file' | 'params' | 'template'>;
  readonly mentions: readonly Mention[];
} | null;

function readDocuments(
  documents: readonly FlatDocument[],
  where: Where,
  { params, values }: Filling,
  report: Report,
): Read {
  const all = documents.flatMap((document) => {
    if (params.length === 0) return readStep(document, where, report) ?? [];
    return readStep(fillDocument(document, values, report), where, report, { document, values }) ?? [];
  });
  const [first] = all;
  if (!first) return null;
  const { action, stack } = first.step;
  const steps = all.map(({ step }) => step);
  return {
    intent: { action, stack, steps, ...wholeOf(all.map(({ intent }) => intent)) },
    mentions: all.flatMap(({ mentions }) => mentions),
  };
}

function readGraph(
  document: FlatDocument,
  documents: readonly FlatDocument[],
  where: Where,
  filling: Filling,
  report: Report,
): Read {
  if (documents.length > 1) {
    report({
      ...document.locateKey('action'),
      field: 'action',
      message: 'action: steps stands in a file with several documents.',
      hint: 'Make each document one of the steps, or move the steps into a file of their own.',
    });
    return null;
  }
  const read = readSteps(document, where, filling, report);
  if (!read) return null;
  const { graph, stack, steps, mentions } = read;
  return { intent: { action: 'steps', stack, steps, graph, ...wholeOf([read.intent]) }, mentions };
}

export const TOO_LARGE: YamlProblem = {
  ...START,
  field: '',
  message: `The file is larger than ${MAX_BYTES / 1024} KiB.`,
  hint: 'An intent has a few lines; is this the right file?',
};

function badName(file: string): YamlProblem {
  const message = `The file’s name, ${quote(basename(file))}, can’t be an intent’s name.`;
  const hint = 'Use up to 100 letters, digits, dots, underscores and dashes, such as backup_media.yaml.';
  return { ...START, field: '', message, hint };
}

/** The intent's parameters: they stand in the file's first document, and hold for all of them. */
function paramsOf(
  [first, ...others]: readonly FlatDocument[],
  report: (problem: YamlProblem) => void,
): readonly Param[] {
  for (const document of others.filter(({ values }) => values.has('params'))) {
    report({
      ...document.locateKey('params'),
      field: 'params',
      message: 'params stands in a later document.',
      hint: 'Move it into the first one; it holds for all of them.',
    });
  }
  return first ? readParams(first, report) : [];
}

function samples(params: readonly Param[]): TemplateValues {
  const values = params.map((param) => [param.name, sampleOf(param) ?? '']);
  return { ...Object.fromEntries(values), [DATE]: '2026-01-01' };
}

/** Fields that say one thing of the intent as a whole, in however many of its documents they stand. */
const OF_THE_WHOLE = ['label_required', 'confirm', 'approver_role'] as const;

function compareDocuments(
  documents: readonly FlatDocument[],
  field: (typeof OF_THE_WHOLE)[number],
  report: (problem: YamlProblem) => void,
): void {
  const [first, ...others] = documents.filter(({ values }) => values.has(field));
  for (const document of others) {
    if (document.values.get(field) === first?.values.get(field)) continue;
    const line = first?.locate([field]).line ?? 1;
    report({
      ...document.locate([field]),
      field,
      message: `${field} is not the same as on line ${line}, and an intent has one ${NOUNS[field]}.`,
      hint: `Write the same ${NOUNS[field]}, or make two intents.`,
    });
  }
}

const NOUNS = { label_required: 'label', confirm: 'rule', approver_role: 'role' } as const;

/** A role that approves nothing would look like a safeguard. */
function checkApprover(documents: readonly FlatDocument[], report: (problem: YamlProblem) => void): void {
  const named = documents.find(({ values }) => values.has('approver_role'));
  if (!named || documents.some(({ values }) => values.get('confirm') === 'two_people')) return;
  report({
    ...named.locateKey('approver_role'),
    field: 'approver_role',
    message: 'approver_role says who approves, and nobody has to: confirm is not two_people.',
    hint: 'Write confirm: two_people too, or remove the line.',
  });
}

/** What the documents say about the intent as a whole. */
function wholeOf(all: readonly IntentFields[]) {
  const confirm = all.find((one) => one.confirm)?.confirm;
  const role = all.find((one) => one.approver_role)?.approver_role;
  return {
    description: all.find(({ description }) => description)?.description ?? '',
    labelRequired: all.find((one) => one.label_required)?.label_required ?? null,
    ...(confirm ? { confirmRule: { confirm, approverRoles: role ? [role] : [] } } : {}),
    dependsOn: [...new Set(all.flatMap((one) => one.depends_on))],
  };
}

function bounded(problems: readonly YamlProblem[], file: string): readonly IntentProblem[] {
  const sorted = problems
    .map((problem) => ({ file, ...problem }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const next = sorted[MAX_PROBLEMS];
  if (!next) return sorted;
  const rest = sorted.length - MAX_PROBLEMS;
  const message = `${rest} more ${rest === 1 ? 'problem follows' : 'problems follow'} in this file.`;
  return [...sorted.slice(0, MAX_PROBLEMS), { ...next, field: '', message, hint: 'Mend those above first.' }];
}
