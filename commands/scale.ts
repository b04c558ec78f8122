import * as z from 'zod';
import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, paramsOption, type RequestPart } from './request-part.js';
import { requestPart, runOptions } from './run-options.js';

/** `/scale intent: [replicas:] [params:] [dry_run:]`. Without `replicas` the intent says how many. */
export const scale = {
  name: 'scale',
  builder: guildOnly('scale', 'Shows which containers would come or go. Runs it once you confirm.')
    .addStringOption(intentOption('What to scale. Begin to type its name.'))
    .addIntegerOption((option) =>
      option
        .setName('replicas')
        .setDescription('How many containers there should be; what the intent says when left out.')
        .setMinValue(0),
    )
    .addStringOption(paramsOption)
    .addBooleanOption(dryRunOption),
  options: runOptions.extend({ replicas: z.number().optional() }).transform(
    ({ replicas, ...options }): RequestPart => ({
      ...requestPart('scale')(options),
      params: replicas === undefined ? {} : { replicas },
    }),
  ),
} as const;
