/** Who has to agree before a run begins. */
export const CONFIRMS = ['never', 'person', 'two_people'] as const;
export type Confirm = (typeof CONFIRMS)[number];

/** What an intent or a policy says about that. */
export interface ConfirmRule {
  /** Null: nothing is said. People confirm what they asked for then; the API, schedules and webhooks run at once. */
  readonly confirm: Confirm | null;
  /** Discord roles, by id or name; the second person must have all of them. */
  readonly approverRoles: readonly string[];
}

export const NOTHING_SAID: ConfirmRule = { confirm: null, approverRoles: [] };

/** The one that asks more of people; the roles of both. Saying something counts more than saying nothing. */
export function stricter(a: ConfirmRule, b: ConfirmRule): ConfirmRule {
  return {
    confirm: rank(a) >= rank(b) ? a.confirm : b.confirm,
    approverRoles: [...new Set([...a.approverRoles, ...b.approverRoles])],
  };
}

function rank({ confirm }: ConfirmRule): number {
  return confirm === null ? -1 : CONFIRMS.indexOf(confirm);
}

/**
 * The rule for a run: the strictest that its intent, the policy and the intents that it depends on give.
 * What an intent depends on can make it stricter; that it would run by itself without anybody can't loosen it.
 * @param links the run's intents, dependencies first, each with what the policy says of it
 */
export function ruleFor(links: readonly { readonly own: ConfirmRule; readonly policy: ConfirmRule }[]) {
  return links
    .map(({ own, policy }, index) => {
      const rule = stricter(own, policy);
      const isDependency = index < links.length - 1;
      return isDependency && rule.confirm === 'never' ? { ...rule, confirm: null } : rule;
    })
    .reduce(stricter, NOTHING_SAID);
}
