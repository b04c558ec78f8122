import * as z from 'zod';
import { guildOnly } from './guild-only.js';

/** `/runs`. */
export const runs = {
  name: 'runs',
  builder: guildOnly('runs', 'The last ten runs: how each ended, who asked, when.'),
  options: z.object({}),
} as const;
