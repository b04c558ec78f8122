import { deletionsOf } from '../../../core/model/plan.js';
import type { Run } from '../../../core/model/run.js';
import { actionTitle } from '../../../core/model/wording.js';
import { formatCount } from '../../../core/text/format.js';
import type { Form } from './form.js';
import { cleanLine } from './text.js';

/** The field's id: what is typed into it comes back under this. */
export const TYPED_NAME = 'text';

const LONGEST_NAME = 200;

/** Asks for the intent's name, because the run deletes or overwrites so much. */
export function nameForm(run: Run, answer: 'confirm' | 'approve'): Form {
  const deleted = deletionsOf(run.plan).length;
  return {
    id: `run:${run.id}:${answer}`,
    title:
      deleted === 0
        ? `${actionTitle(run.action)} overwrites data`
        : `Deletes ${formatCount(deleted, 'file')}`,
    fields: [
      {
        kind: 'line',
        id: TYPED_NAME,
        label: 'Type the intent’s name to go on',
        about: '',
        placeholder: cleanLine(run.intent).slice(0, 100),
        value: '',
        maxLength: LONGEST_NAME,
      },
    ],
  };
}
