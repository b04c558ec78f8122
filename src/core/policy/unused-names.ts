import type { Intent } from '../model/intent.js';
import type { Policy, Scope } from '../model/policy.js';
import { closest } from '../text/closest.js';
import { fits } from '../text/wildcard.js';

/** Names of stacks and intents in a policy that fit none of the intents: usually typing mistakes. */
export function unusedNames(policy: Policy, intents: readonly Intent[]): readonly string[] {
  const known = {
    stacks: intents.flatMap(({ stack, steps }) => [stack, ...steps.map((step) => step.stack)]),
    intents: intents.map(({ name }) => name),
  };
  const rules: readonly (Scope & { readonly path: readonly string[] })[] = [
    ...policy.roles,
    ...policy.deny,
    ...policy.freezes,
    ...policy.windows,
    ...policy.confirm,
  ];
  return rules.flatMap((rule) =>
    (['stacks', 'intents'] as const).flatMap((field) =>
      rule[field]
        .filter((pattern) => pattern !== '*' && !known[field].some((name) => fits(pattern, name)))
        .map((pattern) => {
          const [near] = closest(pattern, new Set(known[field]));
          const hint = near ? ` Did you mean ${near}?` : '';
          return `${[...rule.path, field].join(' › ')}: ${pattern} fits no intent.${hint}`;
        }),
    ),
  );
}
