import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/unlock stack:`. */
export const unlock = {
  name: 'unlock',
  builder: guildOnly('unlock', 'Lifts the hold on a stack.').addStringOption((option) =>
    option
      .setName('stack')
      .setDescription('Which stack. Those that are locked are offered.')
      .setRequired(true)
      .setAutocomplete(true),
  ),
  options: z.object({ stack: z.string() }),
} as const;
