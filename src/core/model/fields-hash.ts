import { canonicalJson, sha256 } from '../text/canonical.js';
import type { IntentStep } from './intent.js';

const hashes = new WeakMap<IntentStep['fields'], string>();

/** By what two steps of the same kind do the same. */
export function hashOfFields({ fields }: IntentStep): string {
  const known = hashes.get(fields);
  if (known !== undefined) return known;
  const hash = sha256(canonicalJson(fields));
  // Fields are never changed; an intent that is read again has new ones.
  hashes.set(fields, hash);
  return hash;
}
