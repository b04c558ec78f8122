import { code, type Phrase, phrase } from '../model/phrase.js';
import {
  type ConfirmRule,
  RIGHTS,
  type Right,
  type Role,
  type Rules,
  type Subject,
} from '../model/policy.js';
import type { Actor } from '../model/request.js';
import { confirmRule } from './confirm-rule.js';
import { judgeAll, rolesOf } from './judge.js';
import { place, refusedBy, ungranted, type Voice } from './wording.js';

/** What somebody may do with one right, and which rule says so. */
export interface ExplainedRight {
  readonly right: Right;
  readonly allowed: boolean;
  readonly because: Phrase;
  /** What to ask for; null when it is allowed. */
  readonly remedy: Phrase | null;
}

/** What somebody may do with an intent. */
export interface Explanation {
  readonly intent: string;
  /** Names of the policy's roles that count for them here. */
  readonly roles: readonly string[];
  readonly rights: readonly ExplainedRight[];
  readonly confirm: ConfirmRule | null;
}

/** Answers before trying. `subjects`: all that the intent is about. */
export function explainRights(
  rules: Rules,
  actor: Actor,
  subjects: readonly [Subject, ...Subject[]],
  now: Date,
  voice: Voice,
): Explanation {
  const held = rules.kind === 'policy' ? rolesOf(rules.policy, actor) : [];
  return {
    intent: subjects[0].intent ?? '',
    roles: held.map(({ name }) => name),
    rights: RIGHTS.map((right) => {
      const judgement = judgeAll(rules, actor, right, subjects, now);
      if (judgement.allowed) return { right, allowed: true, because: permission(judgement.by), remedy: null };
      const { why, subject } = judgement;
      const judged = { rules, actor, right, subject, now };
      const { message, remedy } =
        why.kind === 'not_granted' ? ungranted(judged, voice) : refusedBy(why, judged, voice);
      return { right, allowed: false, because: message, remedy };
    }),
    confirm: confirmRule(rules, subjects),
  };
}

function permission(by: Role | 'operator' | 'no_policy'): Phrase {
  if (by === 'operator') return phrase`Whoever can start this command may everything.`;
  if (by === 'no_policy') return phrase`There is no policy, and without one they may everything.`;
  return phrase`The role ${code(by.name)} allows it: ${place(by.path)}.`;
}
