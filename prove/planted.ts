import { PLANTED } from '../tests/contracts/executor/planted.js';
import { proveExecutor } from '../tests/contracts/executor/prove-executor.js';
import { EXECUTORS } from '../tests/contracts/executor/worlds/index.js';
import type { Proof, ProofOptions, ProofResult } from './support/proof.js';

export const proof: Proof = {
  description: 'the contract suite of executors finds each defect that is planted on purpose',

  run: (options) => findPlanted(PLANTED, options),
};

/** Plants one defect after the other. */
export async function findPlanted(
  planted: typeof PLANTED,
  { only, log, signal }: ProofOptions,
): Promise<ProofResult> {
  let found = 0;
  let missed = 0;
  for (const { name, executor, faults } of planted) {
    const subject = EXECUTORS.find((one) => one.name === executor);
    if (!subject || signal.aborted || (only !== null && only !== executor)) continue;
    const options = { planted: name, choose: faults, bail: true, signal };
    const { violations } = await proveExecutor(subject, options);
    const [first] = violations;
    log(
      `${first === undefined ? 'MISSED' : 'found '} ${executor}: ${name}${first === undefined ? '' : `\n       by ${first}`}`,
    );
    if (first === undefined) missed += 1;
    else found += 1;
  }
  return { ok: missed === 0, figures: { found, missed } };
}
