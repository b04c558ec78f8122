import { z } from 'zod';
import { guildOnly } from './guild-only.js';
import { dryRunOption, intentOption, type RequestPart } from './request-part.js';

/** `/backup intent: [dry_run:]`. The intent's name is taken to the letter. */
export const backup = {
  name: 'backup',
  builder: guildOnly('backup', 'Shows what a backup would do, with numbers. Runs it once you confirm.')
    .addStringOption(intentOption('Which backup. Begin to type its name.'))
    .addBooleanOption(dryRunOption),
  options: z
    .object({ intent: z.string(), dry_run: z.boolean().default(false) })
    .transform(
      ({ intent, dry_run }): RequestPart => ({ intent, params: {}, dryRun: dry_run, action: 'backup' }),
    ),
} as const;
