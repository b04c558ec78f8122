import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/run id:`. Phones capitalise and add spaces, so the id is taken without them. */
export const run = {
  name: 'run',
  builder: guildOnly('run', 'All about one run: its plan, how it ended, its log.').addStringOption((option) =>
    option
      .setName('id')
      .setDescription('The run’s id, such as r-7k2m.')
      .setRequired(true)
      .setAutocomplete(true),
  ),
  options: z.object({ id: z.string().transform((id) => id.trim().toLowerCase()) }),
} as const;
