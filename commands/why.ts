import * as z from 'zod';
import { guildOnly } from './guild-only.js';
import { intentOption } from './request-part.js';

/** `/why intent:`. The intent's name is taken to the letter. */
export const why = {
  name: 'why',
  builder: guildOnly('why', 'What you may do with an intent, and which rule says so.').addStringOption(
    intentOption('Which intent. Begin to type its name.'),
  ),
  options: z.object({ intent: z.string() }),
} as const;
