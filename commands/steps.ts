import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, paramsOption } from './request-part.js';
import { requestPart, runOptions } from './run-options.js';

/** `/steps intent: [params:] [dry_run:]`. The intent's name is taken to the letter. */
export const steps = {
  name: 'steps',
  builder: guildOnly('steps', 'Shows what several steps together would do. Runs them once you confirm.')
    .addStringOption(intentOption('Which steps. Begin to type their intent’s name.'))
    .addStringOption(paramsOption)
    .addBooleanOption(dryRunOption),
  options: runOptions.transform(requestPart('steps')),
} as const;
