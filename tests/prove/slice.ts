import { expect } from '@jest/globals';
import type { Proof, ProofResult } from '../../prove/support/proof.js';

/** Runs the part of a proof that these seeds make, a minute at most; fails with what it told when it doesn't hold. */
export async function slice(proof: Proof, seeds: readonly number[]): Promise<ProofResult> {
  const told: string[] = [];
  const signal = AbortSignal.timeout(60_000);
  const result = await proof.run({ seeds, minutes: 1, only: null, log: (line) => told.push(line), signal });
  expect({ ok: result.ok, told: result.ok ? [] : told }).toEqual({ ok: true, told: [] });
  return result;
}
