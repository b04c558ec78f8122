import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, paramsOption } from './request-part.js';
import { requestPart, runOptions } from './run-options.js';

/** `/rollout intent: [params:] [dry_run:]`. The intent's name is taken to the letter. */
export const rollout = {
  name: 'rollout',
  builder: guildOnly('rollout', 'Shows which services would get which version. Runs it once you confirm.')
    .addStringOption(intentOption('Which rollout. Begin to type its name.'))
    .addStringOption(paramsOption)
    .addBooleanOption(dryRunOption),
  options: runOptions.transform(requestPart('rollout')),
} as const;
