import { openCatalogue } from '../intent/catalogue.js';
import type { IntentProblem } from '../intent/intent.js';
import { openSchedules } from './source.js';

/** Everything wrong with a schedules file, and with what it asks of the intents in a folder. */
export async function validateSchedules(file: string, intentsDir: string): Promise<readonly IntentProblem[]> {
  const catalogue = await openCatalogue({ dir: intentsDir });
  const schedules = await openSchedules({ file, catalogue });
  return schedules.problems();
}
