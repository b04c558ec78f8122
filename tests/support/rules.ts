import type { Rules } from '../../src/core/model/policy.js';
import type { PolicySource } from '../../src/core/ports/policy-source.js';

/** Rules that a test holds in its hand; without any there is no policy. */
export function rulesOf(rules: () => Rules = () => ({ kind: 'open', keys: null })): PolicySource {
  return { rules, problems: () => [] };
}
