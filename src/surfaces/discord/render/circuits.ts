import { type Circuit, circuitNotice } from '../../../core/ports/circuit.js';
import type { Button } from './fit.js';
import { markdown } from './text.js';

/** The custom id of the button below the status. */
export const TRY_ALL = 'circuits:trynow';

/** ``⏸ `docker:local` did not answer 3 times in a row: … Next try: in 8 seconds.`` */
export function circuitLine(circuit: Circuit): string {
  return `⏸ ${markdown(circuitNotice(circuit).message)}`;
}

export function circuitButtons(circuits: readonly Circuit[]): Button[] {
  return circuits.length === 0 ? [] : [{ id: TRY_ALL, label: 'Try now', style: 'go' }];
}
