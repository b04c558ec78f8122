import * as z from 'zod';
import { checked, described, name, oneOrMore, text, wholeNumber } from '../documents/forms.js';
import { ON_FAILURE } from '../model/graph.js';
import { INTENT } from './kinds/shared.js';

/** More steps than this are refused. */
export const MOST_STEPS = 1000;
const MOST_NEEDS = 100;
export const STEP_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;

/** Can a step be called like this? What every object has of itself would be found where no step is. */
export function isStepName(word: string): boolean {
  return STEP_NAME.test(word) && !(word in Object.prototype);
}

const stepName = text(STEP_NAME, () => ({
  why: 'a step’s name is 1 to 60 letters, digits, underscores or dashes and begins with a letter or a digit',
  hint: 'Write the name of another step here.',
}));

/** The fields of an intent with `action: steps`, besides those of its steps. */
export const STEPS = z.strictObject({
  ...INTENT,
  action: described(z.literal('steps'), 'What kind of thing this does.', 'steps'),
  stack: described(
    name('media').optional(),
    'The stack that this belongs to; the intent’s name when left out.',
    'media',
  ),
  max_parallel: described(wholeNumber(1, 16).default(4), 'At most so many steps run at once.', 4),
  // Judged by read-steps.ts, which knows where in the groups a problem is; json-schema.ts has the definition.
  steps: described(z.unknown().meta({ $ref: '#/definitions/steps' }), 'The steps, by name.'),
});

/** What every step may say, whatever it does. */
export const STEP = {
  needs: described(
    oneOrMore(stepName, MOST_NEEDS).default([]),
    'Steps that must have ended before this one begins.',
    ['backup'],
  ),
  when: described(
    checked(() => null).optional(),
    'Only then it runs: a condition over params and steps.',
    'steps.backup == "succeeded"',
  ),
  on_failure: described(
    z.enum(ON_FAILURE).default('stop'),
    'What its failure means: begin nothing more (stop), go on (continue), or undo what was done (rollback).',
    'stop',
  ),
};

/** A step that runs another intent. */
export const REFERENCE = z.strictObject({
  ...STEP,
  intent: described(name('backup_media'), 'The intent that this step runs.', 'backup_media'),
  params: described(
    z.unknown().meta({ $ref: '#/definitions/values' }).optional(),
    'Values for that intent’s parameters.',
  ),
});

/** Fields of the intent as a whole, which no step has. */
export const OF_THE_WHOLE: readonly string[] = Object.keys(INTENT);
