import type { Param } from '../model/param.js';
import type { Schedule } from '../model/schedule.js';
import { checkFields } from './check-fields.js';
import { checkParams } from './check-params.js';
import type { FlatDocument, YamlProblem } from './flat-document.js';
import { scheduleOf } from './make-schedule.js';
import { within } from './outline.js';
import { OwnSchedule } from './schedule-fields.js';

/** An intent, as far as its own schedule concerns it. */
interface Owner {
  readonly name: string;
  readonly file: string;
  /** What it takes; null while that is not known, because something is wrong with its steps. */
  readonly params: readonly Param[] | null;
}

const FIELD = 'schedule';
const HINT = 'Write schedule: "0 3 * * *", or a group with cron or interval_seconds below it.';

/** The schedule that an intent's file gives it; null when there is none, or something is wrong with it and told. */
export function readOwnSchedule(
  documents: readonly FlatDocument[],
  owner: Owner,
  report: (problem: YamlProblem) => void,
): Schedule | null {
  const [document, another] = documents.filter(({ values }) => values.has(FIELD));
  if (another) {
    const message = 'schedule stands in two documents, and an intent has one.';
    report({ ...another.locateKey(FIELD), field: FIELD, message, hint: 'Remove one of them.' });
  }
  if (!document || document.refused.has(FIELD)) return null;
  const fields = fieldsOf(document);
  const at = document.locateKey(FIELD);
  if (fields === null) {
    report({ ...at, field: FIELD, message: 'schedule is neither text nor a group of fields.', hint: HINT });
    return null;
  }
  const tell = within(FIELD, report);
  const values = checkFields(fields, OwnSchedule, tell);
  if (values === null) return null;
  const { name, file, params } = owner;
  const made = scheduleOf(values, { name, intent: name, file, ...at }, fields, tell);
  if (!made || params === null) return null;
  return checkParams(made.params, { name, params }, fields, tell) ? made : null;
}

/** A text is the cron expression. */
function fieldsOf(document: FlatDocument): FlatDocument | null {
  const written = document.values.get(FIELD);
  if (typeof written === 'string') {
    const at = (): ReturnType<FlatDocument['locate']> => document.locate([FIELD]);
    return { values: new Map([['cron', written]]), refused: new Set(), locate: at, locateKey: at };
  }
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return null;
  return {
    values: new Map(Object.entries(written)),
    refused: new Set(),
    locate: (path) => document.locate([FIELD, ...path]),
    locateKey: (field) => document.locate([FIELD, field]),
  };
}
