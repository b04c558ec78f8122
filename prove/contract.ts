import { type FaultKind, sample, shuffled } from '../tests/contracts/choose.js';
import { proveExecutor } from '../tests/contracts/executor/prove-executor.js';
import type { ExecutorUnderTest } from '../tests/contracts/executor/under-test.js';
import { EXECUTORS } from '../tests/contracts/executor/worlds/index.js';
import type { Proof, ProofOptions, ProofResult } from './support/proof.js';

export const proof: Proof = {
  description: 'each host call and journal row of each executor fails, hangs, is stopped at and killed at',
  run: (options) => {
    const { only } = options;
    return proveAll(only === null ? EXECUTORS : EXECUTORS.filter(({ name }) => name === only), options);
  },
};

/**
 * The first seed is the order in which faults come; all of them, unless the time is over before.
 * @param kinds by executor: one fault of each of them; all faults unless said
 */
export async function proveAll(
  executors: readonly ExecutorUnderTest[],
  { seeds: [seed = 1], minutes, log, signal }: ProofOptions,
  kinds?: Readonly<Record<string, readonly FaultKind[]>>,
): Promise<ProofResult> {
  const figures: Record<string, string | number> = {};
  let violations = 0;
  let injected = 0;
  const began = performance.now();
  for (const [index, subject] of executors.entries()) {
    // By the clock of the whole proof: an executor that took longer must not take the last one's time.
    const until = (minutes * 60_000 * (index + 1)) / executors.length;
    const share = AbortSignal.timeout(Math.max(0, Math.ceil(until - (performance.now() - began))));
    const verdict = await proveExecutor(subject, {
      choose: (faults) => (kinds ? sample(faults, kinds[subject.name] ?? [], seed) : shuffled(faults, seed)),
      log,
      signal: AbortSignal.any([signal, share]),
    });
    violations += verdict.violations.length;
    injected += verdict.injected;
    figures[verdict.executor] =
      `${verdict.injected} of ${verdict.possible} faults injected, ${verdict.violations.length} violations`;
  }
  return { ok: violations === 0, figures: { ...figures, injected, violations } };
}
