import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Proof } from './proof.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The names of all proofs, sorted. */
export function proofNames(): readonly string[] {
  return readdirSync(FOLDER)
    .map((file) => /^([a-z0-9-]+)\.[jt]s$/.exec(file)?.[1] ?? 'main')
    .filter((name) => name !== 'main')
    .sort();
}

/** One of {@link proofNames}. */
export async function loadProof(name: string): Promise<Proof> {
  const { proof } = (await import(`../${name}.js`)) as { proof: Proof };
  return proof;
}
