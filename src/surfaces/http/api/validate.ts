import { join } from 'node:path';
import { checkLabel } from '../../../core/access/authorize.js';
import { isName } from '../../../core/documents/forms.js';
import { readIntent } from '../../../core/intent/read-intent.js';
import { validateIntentText } from '../../../core/intent/validate.js';
import { noticeJson } from '../../../core/views/views.js';
import { ProblemError } from '../problem.js';
import type { ApiDeps } from './deps.js';
import { json, type Operation, operation } from './operation.js';
import { ValidateBody } from './request-schemas.js';
import { ValidateAnswer } from './schemas.js';

/** `POST /validate`: an intent's text, checked as a file of the intents' folder would be. Keeps nothing. */
export function validateOperation({ catalogue, intentsDir, approvedLabel }: ApiDeps): Operation {
  return operation({
    id: 'validate',
    method: 'POST',
    path: '/validate',
    summary: 'Check an intent’s text',
    description: 'Nothing is stored and nothing is run.',
    endpoint: 'validate',
    body: ValidateBody,
    answers: { 200: { description: 'Everything that is wrong with it.', schema: ValidateAnswer } },
    handle: async ({ body: { yaml_content: text, name } }) => {
      // A name becomes a path here, although nothing is read from it.
      if (!isName(name)) throw badName();
      const file = join(intentsDir, `${name}.yaml`);
      const known = [...catalogue.all().map((intent) => intent.name), name];
      const found = await validateIntentText(text, file, known);
      const errors = found.map(({ file: _, ...problem }) => problem);
      const label = readIntent(text, file).intent?.labelRequired ?? null;
      const warning = checkLabel(label, approvedLabel, name);
      return json(200, {
        valid: errors.length === 0,
        errors,
        warnings: warning ? [noticeJson(warning)] : [],
      });
    },
  });
}

function badName(): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'request_invalid',
    detail: 'body.name: An intent’s name is 1 to 100 letters, digits, dots, underscores or dashes.',
  });
}
