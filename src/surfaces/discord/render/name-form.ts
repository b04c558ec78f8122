import { formatCount } from '../../../core/format.js';
import { deletionsOf } from '../../../core/plan.js';
import type { Run } from '../../../core/run.js';
import { actionTitle } from '../../../core/wording.js';
import { cleanLine } from './text.js';

/** A form with one line to fill in. Discord's limits: title and label 45 characters, placeholder 100. */
export interface Form {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly placeholder: string;
}

/** Asks for the intent's name, because the run deletes or overwrites so much. */
export function nameForm(run: Run, answer: 'confirm' | 'approve'): Form {
  const deleted = deletionsOf(run.plan).length;
  return {
    id: `run:${run.id}:${answer}`,
    title:
      deleted === 0
        ? `${actionTitle(run.action)} overwrites data`
        : `Deletes ${formatCount(deleted, 'file')}`,
    label: 'Type the intent’s name to go on',
    placeholder: cleanLine(run.intent).slice(0, 100),
  };
}
