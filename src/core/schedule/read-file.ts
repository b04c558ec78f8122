import { isMap, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { checkFields } from '../documents/check-fields.js';
import { fieldName, flattenMap, refusal, type YamlProblem } from '../documents/flat-document.js';
import { scheduleOf } from '../documents/make-schedule.js';
import { within } from '../documents/outline.js';
import { timezone as timezoneForm } from '../documents/policy-forms.js';
import { parseYaml } from '../documents/read-yaml.js';
import { FileSchedule } from '../documents/schedule-fields.js';
import { explainSyntax } from '../documents/yaml-syntax.js';
import type { IntentProblem } from '../model/intent.js';
import type { Schedule } from '../model/schedule.js';
import { closest } from '../text/closest.js';
import { START } from '../text/problem.js';

/** Larger files are refused unread: the time to read one is bounded. */
export const MAX_SCHEDULES_BYTES = 1024 * 1024;
const MOST_SCHEDULES = 2000;
const MAX_PROBLEMS = 50;
const HINT = 'Write lines such as cron: "0 3 * * *", with a space after the colon.';

/** A schedules file as it was read. */
export interface ReadSchedules {
  readonly schedules: readonly Schedule[];
  readonly problems: readonly IntentProblem[];
  /** Names of entries that are there and can't be used; null: the file as a whole can't be read. */
  readonly broken: readonly string[] | null;
}

type Report = (problem: YamlProblem) => void;

/** Reads a schedules file, JSON or YAML. An entry that is wrong is told and left out. Never throws. */
export function readSchedules(text: string, file: string): ReadSchedules {
  const found: YamlProblem[] = [];
  const report: Report = (problem) => void found.push(problem);
  const read = entriesOf(text, report);
  const schedules = new Map<string, Schedule>();
  const broken: string[] = [];
  for (const { name, make } of read?.entries ?? []) {
    const made = make(file, read?.timezone ?? 'UTC');
    if (made && !schedules.has(made.name)) schedules.set(made.name, made);
    else if (made) report(twice(made, schedules.get(made.name)));
    else if (name !== null) broken.push(name);
  }
  const problems = found
    .map((problem) => ({ file, ...problem }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MAX_PROBLEMS);
  return { schedules: [...schedules.values()], problems, broken: read === null ? null : broken };
}

function twice({ name, line, column }: Schedule, first: Schedule | undefined): YamlProblem {
  const message = `${fieldName(name)} is there twice, first on line ${first?.line}.`;
  return { line, column, field: 'name', message, hint: 'Give each schedule a name of its own.' };
}

interface Entry {
  /** As far as it can be told. */
  readonly name: string | null;
  readonly make: (file: string, timezone: string) => Schedule | null;
}

function entriesOf(text: string, report: Report): { entries: readonly Entry[]; timezone: string } | null {
  const { documents, position } = parseYaml(text, report, 'schedules:');
  const [document] = documents;
  if (!document) return null;
  const refuse = (message: string, hint: string, at = START): null => {
    report({ ...at, field: '', message, hint });
    return null;
  };
  const [error] = document.errors;
  if (error) {
    report({ ...position(error.pos[0]), field: '', ...explainSyntax(error, text) });
    return null;
  }
  const { contents } = document;
  if (documents.length > 1 || document.directives.yaml.explicit || !isMap(contents) || contents.tag) {
    return refuse(
      'This is not a list of schedules.',
      'Begin with schedules:, or {"schedules": […]} in JSON.',
    );
  }
  const flattening = { start: START, position, report, owners: 'schedules', hint: HINT };
  const top = flattenMap(contents, flattening);
  for (const field of [...top.values.keys()].filter((name) => !KNOWN.includes(name))) {
    const [near] = closest(field, KNOWN);
    const hint = near ? `Did you mean ${near}?` : 'The fields here are schedules and timezone.';
    report({ ...top.locateKey(field), field, message: `${fieldName(field)} is not a field here.`, hint });
  }
  const list = contents.get('schedules', true) as ParsedNode | undefined;
  if (!isSeq(list)) {
    const at = top.locateKey('schedules');
    return refuse('schedules is not a list.', 'Write each schedule below it, beginning with a dash.', at);
  }
  if (list.items.length > MOST_SCHEDULES) {
    return refuse(`There are more than ${MOST_SCHEDULES} schedules.`, 'Remove some.');
  }
  const entries = list.items.map((node, index): Entry => {
    const at = position(node.range[0]);
    const nowhere = { name: null, make: () => null };
    const label = `schedules[${index}]`;
    if (!isMap(node) || refusal(node) !== null) {
      const message = `${label} is not a group of fields.`;
      report({ ...at, field: label, message, hint: 'Write name, intent and cron below each other.' });
      return nowhere;
    }
    const named = node.get('name');
    const name = typeof named === 'string' ? named : null;
    const tell = within(name === null ? label : fieldName(name), report);
    const fields = flattenMap(node as YAMLMap.Parsed, { ...flattening, start: at, report: tell });
    return {
      name,
      make: (file, timezone) => {
        const values = checkFields(fields, FileSchedule, tell);
        if (values === null) return null;
        const { name: own, intent } = values;
        return scheduleOf(values, { name: own, intent, file, timezone, ...at }, fields, tell);
      },
    };
  });
  return { entries, timezone: timezoneOf(top.values.get('timezone'), top.locate(['timezone']), report) };
}

const KNOWN: readonly string[] = ['schedules', 'timezone'];

function timezoneOf(value: unknown, at: typeof START, report: Report): string {
  if (value === undefined) return 'UTC';
  const parsed = timezoneForm.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = 'timezone is not a time zone that this machine knows.';
  report({ ...at, field: 'timezone', message, hint: 'Write it like timezone: Europe/Berlin.' });
  return 'UTC';
}
