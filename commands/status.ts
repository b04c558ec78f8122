import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/status`. */
export const status = {
  name: 'status',
  builder: guildOnly('status', 'What runs now in each stack, its health, and what was last done to it.'),
  options: z.object({}),
} as const;
