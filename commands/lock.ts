import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/lock stack: reason: [for:]`. */
export const lock = {
  name: 'lock',
  builder: guildOnly('lock', 'Holds a stack: no run on it begins until it is unlocked.')
    .addStringOption((option) =>
      option
        .setName('stack')
        .setDescription('Which stack. Begin to type its name.')
        .setRequired(true)
        .setAutocomplete(true),
    )
    .addStringOption((option) =>
      option
        .setName('reason')
        .setDescription('Why. Everybody who is refused reads it.')
        .setRequired(true)
        .setMaxLength(200),
    )
    .addStringOption((option) =>
      option
        .setName('for')
        .setDescription('How long, such as 30m, 2h or 3d; until it is unlocked when left out.')
        .setMaxLength(20),
    ),
  options: z.object({ stack: z.string(), reason: z.string(), for: z.string().exactOptional() }),
} as const;
