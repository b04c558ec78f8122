import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/intents`. */
export const intents = {
  name: 'intents',
  builder: guildOnly('intents', 'What can be run here, and what is wrong with intent files.'),
  options: z.object({}),
} as const;
