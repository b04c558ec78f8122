import { basename, dirname, resolve } from 'node:path';
import { readOwnSchedule } from '../schedule/read-own.js';
import { quote } from './characters.js';
import { fillDocument } from './fill-document.js';
import type { FlatDocument, YamlProblem } from './flat-document.js';
import { isName } from './forms.js';
import type { Intent, IntentProblem } from './intent.js';
import type { Param } from './param-decls.js';
import { sampleOf } from './param-values.js';
import { START } from './problem.js';
import { readParams } from './read-params.js';
import { type Mention, type ReadStep, readStep } from './read-step.js';
import { MAX_BYTES, readYaml } from './read-yaml.js';
import { DATE, type TemplateValues } from './template.js';

/** More problems of one file than this are only counted. */
const MAX_PROBLEMS = 25;

/** An intent, or everything that is wrong with its file. */
export type ReadIntent =
  | {
      readonly intent: Intent;
      readonly problems: readonly [];
      /** Where the file names the intents of `dependsOn`. */
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
  const report = (problem: YamlProblem): void => {
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
  const documents =
    params.length === 0
      ? yaml.documents
      : yaml.documents.map((each) => fillDocument(each, values ?? samples(params), report));
  const steps = documents.flatMap((document) => readStep(document, where, report) ?? []);
  for (const field of OF_THE_WHOLE) compareDocuments(documents, field, report);
  checkApprover(documents, report);
  const schedule = readOwnSchedule(yaml.documents, { name, file, params }, report);
  const [first] = steps;
  if (problems.length > 0 || !first) return { intent: null, problems: bounded(problems, file) };
  return {
    intent: {
      ...assemble(name, file, first, steps),
      params,
      template: params.length > 0 ? text : null,
      ...(schedule ? { schedule } : {}),
    },
    problems: [],
    mentions: steps.flatMap(({ mentions }) => mentions),
  };
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

function assemble(
  name: string,
  file: string,
  first: ReadStep,
  all: readonly ReadStep[],
): Omit<Intent, 'params' | 'template'> {
  return {
    name,
    file,
    description: all.find(({ intent }) => intent.description)?.intent.description ?? '',
    action: first.step.action,
    stack: first.step.stack,
    ...confirmRuleOf(all),
    labelRequired: all.find(({ intent }) => intent.label_required)?.intent.label_required ?? null,
    dependsOn: [...new Set(all.flatMap(({ intent }) => intent.depends_on))],
    steps: all.map(({ step }) => step),
  };
}

function confirmRuleOf(all: readonly ReadStep[]): Pick<Intent, 'confirmRule'> {
  const confirm = all.find(({ intent }) => intent.confirm)?.intent.confirm;
  const role = all.find(({ intent }) => intent.approver_role)?.intent.approver_role;
  return confirm ? { confirmRule: { confirm, approverRoles: role ? [role] : [] } } : {};
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
