import { deletionsOf } from '../../../core/model/plan.js';
import type { Run } from '../../../core/model/run.js';
import { actionTitle } from '../../../core/model/wording.js';
import { formatCount } from '../../../core/text/format.js';
import type { Form } from './form.js';
import { cleanLine } from './text.js';

/** The field's id: what is typed into it comes back under this. */
export const TYPED_NAME = 'text';

const LONGEST_NAME = 200;

/** Asks for the intent's name, because the run deletes or overwrites so much, or a warning asks for it. */
export function nameForm(run: Run, answer: 'confirm' | 'approve'): Form {
  return {
    id: `run:${run.id}:${answer}`,
    title: titleOf(run),
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

function titleOf({ action, plan }: Run): string {
  const deleted = deletionsOf(plan).length;
  if (deleted > 0) return `Deletes ${formatCount(deleted, 'file')}`;
  const isWarned = plan.parts.some(({ typeName }) => typeName === true);
  return `${actionTitle(action)}${isWarned ? ': see the warning' : ' overwrites data'}`;
}
