import type { Check, CheckArea } from '../core/model/diagnosis.js';
import type { IntentProblem } from '../core/model/intent.js';
import { plain } from '../core/model/phrase.js';
import type { Notice } from '../core/model/reasons.js';

/** Something that is as it should be. */
export function passed(area: CheckArea, id: string, message: string): Check {
  return { id, area, state: 'ok', message, remedy: null };
}

/** Something that was not looked at, and why. */
export function skipped(area: CheckArea, id: string, message: string): Check {
  return { id, area, state: 'skipped', message, remedy: null };
}

export function warning(area: CheckArea, id: string, message: string, remedy: string): Check {
  return { id, area, state: 'warning', message, remedy };
}

export function problem(area: CheckArea, id: string, message: string, remedy: string): Check {
  return { id, area, state: 'problem', message, remedy };
}

/** What is wrong with a file, and where. */
export function inFile(
  area: CheckArea,
  id: string,
  { file, line, column, message, hint }: IntentProblem,
): Check {
  return problem(area, id, `${file}:${line}:${column} ${message}`, hint);
}

/** What an executor would say before a run, as a finding. */
export function ofNotice(
  area: CheckArea,
  id: string,
  state: 'warning' | 'problem',
  notice: Notice,
  neededBy: string,
): Check {
  const message = `${plain(notice.message)}${neededBy === '' ? '' : ` Needed by ${neededBy}.`}`;
  return { id, area, state, message, remedy: plain(notice.remedy) };
}
