import type { Policy, Right, Rules, Subject } from '../model/policy.js';
import type { Actor } from '../model/request.js';
import { nextOpening } from './calendar.js';
import { covers, judgeAll } from './judge.js';

type Subjects = readonly [Subject, ...Subject[]];

/** When freezes and windows next let this actor do that with all of these; null: not in the next two weeks. */
export function opensAt(
  rules: Rules,
  actor: Actor,
  right: Right,
  subjects: Subjects,
  now: Date,
): Date | null {
  const policy = policyOf(rules);
  const all = [...(policy?.freezes ?? []), ...(policy?.windows ?? [])].filter((times) =>
    subjects.some((subject) => covers(times, subject)),
  );
  return nextOpening(all, now, (at) => judgeAll(rules, actor, right, subjects, at).allowed);
}

/** What stands in the files, whichever form they have. */
export function policyOf(rules: Rules): Policy | null {
  if (rules.kind === 'policy') return rules.policy;
  return rules.kind === 'open' ? rules.keys : null;
}
