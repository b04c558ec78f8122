import type { Reads } from '../documents/reads.js';
import { openCatalogue } from '../intent/catalogue.js';
import type { IntentProblem } from '../model/intent.js';
import { openSchedules } from './source.js';

/** Everything wrong with a schedules file, and with what it asks of the intents in a folder. */
export async function validateSchedules(
  file: string,
  intentsDir: string,
  reads: Reads,
): Promise<readonly IntentProblem[]> {
  const catalogue = await openCatalogue({ dir: intentsDir, reads });
  const schedules = await openSchedules({ file, catalogue, reads });
  return schedules.problems();
}
