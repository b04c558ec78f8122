import { type ConfirmRule as Asked, NOTHING_SAID } from '../model/confirm-rule.js';
import type { Confirm, ConfirmRule, Rules, Subject } from '../model/policy.js';
import { covers } from './judge.js';

const STRICTNESS: Readonly<Record<Confirm, number>> = { never: 0, person: 1, two_people: 2 };

/**
 * Who must agree before something of this begins: the strictest rule of the policy that covers any of the
 * subjects, of equally strict ones the first. Null: the policy says nothing about it.
 */
export function confirmRule(rules: Rules, subjects: readonly Subject[]): ConfirmRule | null {
  const all = rules.kind === 'policy' ? rules.policy.confirm : [];
  const fitting = all.filter((rule) => subjects.some((subject) => covers(rule, subject)));
  return fitting.reduce<ConfirmRule | null>(
    (strictest, rule) =>
      strictest && STRICTNESS[strictest.confirm] >= STRICTNESS[rule.confirm] ? strictest : rule,
    null,
  );
}

/** The same in the terms of an intent, to be joined with what the intent itself says. */
export function askedByPolicy(rules: Rules, subjects: readonly Subject[]): Asked {
  const rule = confirmRule(rules, subjects);
  if (!rule) return NOTHING_SAID;
  return { confirm: rule.confirm, approverRoles: rule.approverRole === null ? [] : [rule.approverRole] };
}
