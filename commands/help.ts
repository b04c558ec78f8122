import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/help`. */
export const help = {
  name: 'help',
  builder: guildOnly('help', 'What the bot can do for you, and how to teach it more.'),
  options: z.object({}),
} as const;
