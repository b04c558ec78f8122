import type { Rules, WebhookRule } from '../model/policy.js';
import { fits } from '../text/wildcard.js';

/** Where a webhook says that it comes from. */
export interface WebhookOrigin {
  readonly provider: 'github' | 'gitlab';
  /** `owner/name` */
  readonly repository: string;
  readonly branch: string;
  readonly defaultBranch: string;
}

/**
 * May webhooks come from there? Without a policy, or without `webhooks:` in it: from any repository's default
 * branch. What they then run is judged like everything else.
 */
export function webhookAllowed(rules: Rules, origin: WebhookOrigin): boolean {
  if (rules.kind === 'closed') return false;
  const listed = rules.kind === 'policy' ? rules.policy.webhooks : null;
  if (listed === null) return origin.branch === origin.defaultBranch;
  return listed.some((rule) => comesFrom(rule, origin));
}

function comesFrom({ provider, repositories, branches }: WebhookRule, origin: WebhookOrigin): boolean {
  return (
    (provider === null || provider === origin.provider) &&
    repositories.some((pattern) => fits(pattern.toLowerCase(), origin.repository.toLowerCase())) &&
    (branches.length === 0
      ? origin.branch === origin.defaultBranch
      : branches.some((pattern) => fits(pattern, origin.branch)))
  );
}
