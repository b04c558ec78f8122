import { z } from 'zod';
import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, type RequestPart } from './request-part.js';

/** `/scale intent: [replicas:] [dry_run:]`. Without `replicas` the intent says how many. */
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
    .addBooleanOption(dryRunOption),
  options: z
    .object({ intent: z.string(), replicas: z.number().optional(), dry_run: z.boolean().default(false) })
    .transform(
      ({ intent, replicas, dry_run }): RequestPart => ({
        intent,
        params: replicas === undefined ? {} : { replicas },
        dryRun: dry_run,
        action: 'scale',
      }),
    ),
} as const;
