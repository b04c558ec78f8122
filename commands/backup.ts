import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, paramsOption } from './request-part.js';
import { requestPart, runOptions } from './run-options.js';

/** `/backup intent: [params:] [dry_run:]`. The intent's name is taken to the letter. */
export const backup = {
  name: 'backup',
  builder: guildOnly('backup', 'Shows what a backup would do, with numbers. Runs it once you confirm.')
    .addStringOption(intentOption('Which backup. Begin to type its name.'))
    .addStringOption(paramsOption)
    .addBooleanOption(dryRunOption),
  options: runOptions.transform(requestPart('backup')),
} as const;
