import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/schedules [name:]`. */
export const schedules = {
  name: 'schedules',
  builder: guildOnly('schedules', 'What runs by itself: when next, and how it went last.').addStringOption(
    (option) =>
      option
        .setName('name')
        .setDescription('One schedule, to pause it, resume it or run it now.')
        .setAutocomplete(true),
  ),
  options: z.object({ name: z.string().exactOptional() }),
} as const;
