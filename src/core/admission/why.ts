import { authorize, chainSubjects, subjectsOf } from '../access/authorize.js';
import type { Notice } from '../model/reasons.js';
import type { Actor } from '../model/request.js';
import { type Explanation, explainRights } from '../policy/explanation.js';
import type { Voice } from '../policy/wording.js';
import type { CoreDeps } from '../ports/deps.js';
import { examine } from './admission.js';

type WhyDeps = Pick<CoreDeps, 'catalogue' | 'executors' | 'settings' | 'policy' | 'now'>;

/** What somebody may do with an intent; or why they are told nothing about it. */
export type Why =
  | { readonly known: true; readonly explanation: Explanation }
  | { readonly known: false; readonly notice: Notice };

/** Answers before trying, with the very judgement that trying meets. */
export function explainIntent(deps: WhyDeps, actor: Actor, name: string, voice: Voice = 'you'): Why {
  const intent = deps.catalogue.find(name);
  if (intent && authorize(deps, actor, 'view', subjectsOf(intent)) === null) {
    const subjects = chainSubjects(deps.catalogue, intent);
    return {
      known: true,
      explanation: explainRights(deps.policy.rules(), actor, subjects, deps.now(), voice),
    };
  }
  const request = { intent: name, params: {}, actor, source: 'cli', dryRun: true } as const;
  const refusal = examine(deps, request, deps.now(), voice);
  if (refusal.ok) throw new Error(`${name} may be run and not be seen`);
  return { known: false, notice: refusal.notice };
}
