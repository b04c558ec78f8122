import { proveExecutor } from '../tests/contracts/executor/prove-executor.js';
import { EXECUTORS } from '../tests/contracts/executor/worlds/index.js';
import type { Proof } from './support/proof.js';

export const proof: Proof = {
  description: 'each host call and journal row of each executor fails, hangs, is stopped at and killed at',

  async run({ log, signal }) {
    const figures: Record<string, string> = {};
    let violations = 0;
    const only = process.env.PROVE_EXECUTOR;
    for (const subject of EXECUTORS.filter(({ name }) => only === undefined || name === only)) {
      const verdict = await proveExecutor(subject, { log, signal });
      violations += verdict.violations.length;
      figures[verdict.executor] =
        `${verdict.injected} of ${verdict.possible} faults injected, ${verdict.violations.length} violations`;
    }
    return { ok: violations === 0, figures: { ...figures, violations } };
  },
};
