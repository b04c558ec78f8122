import { PLANTED, type Planted } from '../tests/contracts/executor/planted.js';
import { type Prepared, prepare } from '../tests/contracts/executor/prove-executor.js';
import { EXECUTORS } from '../tests/contracts/executor/worlds/index.js';
import type { Proof, ProofOptions, ProofResult } from './support/proof.js';

export const proof: Proof = {
  description: 'the contract suite of executors finds each defect that is planted on purpose',

  run: (options) => findPlanted(PLANTED, options),
};

/** Plants one defect after the other; those of an executor share its world, which is put back before each round. */
export async function findPlanted(
  planted: typeof PLANTED,
  { only, log, signal }: ProofOptions,
): Promise<ProofResult> {
  let found = 0;
  let missed = 0;
  for (const subject of EXECUTORS.filter(({ name }) => only === null || only === name)) {
    const defects = planted.filter(({ executor }) => executor === subject.name);
    if (defects.length === 0 || signal.aborted) continue;
    const prepared = await prepare(subject);
    try {
      for (const defect of defects) {
        if (signal.aborted) break;
        const first = await firstViolation(prepared, defect);
        log(`${first === null ? 'MISSED' : 'found '} ${subject.name}: ${defect.name}`);
        if (first === null) missed += 1;
        else {
          log(`       by ${first}`);
          found += 1;
        }
      }
    } finally {
      await prepared.end();
    }
  }
  return { ok: missed === 0, figures: { found, missed } };
}

async function firstViolation(prepared: Prepared, { name, faults }: Planted): Promise<string | null> {
  for (const fault of faults(prepared.faults)) {
    const [violation] = await prepared.violations(fault, name);
    if (violation !== undefined) return violation;
  }
  return null;
}
