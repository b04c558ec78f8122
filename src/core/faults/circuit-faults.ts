import { type Circuit, circuitNotice } from '../ports/circuit.js';
import type { Faults } from '../ports/fault.js';
import type { Log } from '../ports/log.js';
import type { KeptCircuit } from '../ports/store.js';

interface Told {
  readonly circuits: { kept(target: string): KeptCircuit | null };
  readonly kept: { changed(target: string): void };
  readonly faults: Pick<Faults, 'open' | 'clear'>;
  readonly log: Log;
}

/**
 * What becomes of a circuit that changed: it is kept, there is a line in the log, and one that failed again when its time
 * had come is a fault of the installation until it answers.
 */
export function tellCircuits({
  circuits,
  kept,
  faults,
  log,
}: Told): (target: string, circuit: Circuit | null) => void {
  return (target, circuit) => {
    kept.changed(target);
    if (circuit === null) {
      log.info({ target }, 'it answers again');
      faults.clear(`circuit:${target}`);
      return;
    }
    const { reason, nextTry } = circuit;
    log.warn(
      { target, why: reason, nextTry },
      'it did not answer several times in a row and is not asked now',
    );
    if ((circuits.kept(target)?.pauses ?? 0) > 0) faults.open(`circuit:${target}`, circuitNotice(circuit));
  };
}
