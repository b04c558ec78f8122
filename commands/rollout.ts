import { z } from 'zod';
import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, type RequestPart } from './request-part.js';

/** `/rollout intent: [dry_run:]`. */
export const rollout = {
  name: 'rollout',
  builder: guildOnly('rollout', 'Shows which services would get which version. Runs it once you confirm.')
    .addStringOption(intentOption('Which rollout. Begin to type its name.'))
    .addBooleanOption(dryRunOption),
  options: z
    .object({ intent: z.string(), dry_run: z.boolean().default(false) })
    .transform(
      ({ intent, dry_run }): RequestPart => ({ intent, params: {}, dryRun: dry_run, action: 'rollout' }),
    ),
} as const;
