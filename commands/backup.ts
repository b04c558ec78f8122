import { z } from 'zod';
import type { RunRequest } from '../src/core/request.js';
import { guildOnly } from './guild-only.js';

/** What a slash command says about the request; who asks and from where is added by the surface. */
export type RequestPart = Pick<RunRequest, 'intent' | 'params' | 'dryRun' | 'action'>;

/** `/backup intent: [dry_run:]`. The intent's name is taken to the letter. */
export const backup = {
  name: 'backup',
  builder: guildOnly('backup', 'Shows what a backup would do, with numbers. Runs it once you confirm.')
    .addStringOption((option) =>
      option
        .setName('intent')
        .setDescription('Which backup. Begin to type its name.')
        .setRequired(true)
        .setAutocomplete(true),
    )
    .addBooleanOption((option) =>
      option.setName('dry_run').setDescription('Only show what would happen, without Confirm.'),
    ),
  options: z
    .object({ intent: z.string(), dry_run: z.boolean().default(false) })
    .transform(
      ({ intent, dry_run }): RequestPart => ({ intent, params: {}, dryRun: dry_run, action: 'backup' }),
    ),
} as const;
