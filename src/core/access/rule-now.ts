import { type ConfirmRule, NOTHING_SAID, ruleFor } from '../model/confirm-rule.js';
import type { Intent } from '../model/intent.js';
import type { CoreDeps } from '../ports/deps.js';

export type RuleDeps = Pick<CoreDeps, 'catalogue' | 'confirmRule'>;

/** Who has to agree to a run of these intents, dependencies first. */
export function ruleNow({ confirmRule }: RuleDeps, chain: readonly Intent[]): ConfirmRule {
  return ruleFor(
    chain.map((link) => ({
      own: link.confirmRule ?? NOTHING_SAID,
      policy: confirmRule(link),
    })),
  );
}
