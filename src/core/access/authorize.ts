import { chainOf } from '../intent/chain.js';
import type { Catalogue, Intent } from '../model/intent.js';
import { phrase } from '../model/phrase.js';
import type { Right, Subject } from '../model/policy.js';
import { type Notice, notice } from '../model/reasons.js';
import { type Actor, sameActor } from '../model/request.js';
import type { RunSummary } from '../model/run.js';
import { judgeAll } from '../policy/judge.js';
import { refusedBy, type Voice } from '../policy/wording.js';
import type { CoreDeps } from '../ports/deps.js';

export type { Right, Subject } from '../model/policy.js';

export type AccessDeps = Pick<CoreDeps, 'policy' | 'now'>;
/** What something is about: all of it must be allowed. */
export type Subjects = readonly [Subject, ...Subject[]];

export interface Asking {
  /** Freezes and windows don't count: nothing begins. */
  readonly anyTime?: boolean;
  readonly voice?: Voice;
}

/** May this actor do that, by the rules of this moment? Null means yes. Asked at every entrance and button. */
export function authorize(
  { policy, now }: AccessDeps,
  actor: Actor,
  right: Right,
  subjects: Subjects,
  { anyTime = false, voice = 'you' }: Asking = {},
): Notice | null {
  const rules = policy.rules();
  const at = now();
  const judgement = judgeAll(rules, actor, right, subjects, anyTime ? null : at);
  if (judgement.allowed) return null;
  const { why, subject } = judgement;
  return refusedBy(why, { rules, actor, right, subject, now: at }, voice);
}

/** May this actor end that run, or its preview? The asker may with the right to run it, at any time. */
export function mayEnd(deps: AccessDeps, actor: Actor, run: RunSummary, subjects: Subjects): Notice | null {
  const stop = authorize(deps, actor, 'stop', subjects);
  if (stop === null || !sameActor(actor, run.actor)) return stop;
  return authorize(deps, actor, 'run', subjects, { anyTime: true }) === null ? null : stop;
}

/** What an intent is about: each of its documents has an action and a stack of its own. */
export function subjectsOf({ name, action, stack, steps }: Intent): Subjects {
  const all = [{ action, stack }, ...steps].map((one) => ({
    intent: name,
    action: one.action,
    stack: one.stack,
  }));
  const different = new Map(all.map((one) => [`${one.action}\n${one.stack}`, one]));
  return [{ intent: name, action, stack }, ...[...different.values()].slice(1)];
}

/** What an intent is about together with all that it runs: what it depends on, and what its steps refer to. */
export function chainSubjects(catalogue: Pick<Catalogue, 'find'>, intent: Intent): Subjects {
  const others = chainOf(catalogue, intent).filter(({ name }) => name !== intent.name);
  return [...subjectsOf(intent), ...others.flatMap((link) => [...subjectsOf(link)])];
}

/**
 * What a run is about: what was recorded, and what its intent holds besides as it is now. Steps can be of other
 * intents, and who deals with the run deals with those.
 */
export function runSubjects(catalogue: Pick<Catalogue, 'find'>, run: RunKey): Subjects {
  const { intent, action, stack } = run;
  const found = catalogue.find(intent);
  const more = found?.graph ? chainSubjects(catalogue, found) : found ? subjectsOf(found) : [];
  return [{ intent, action, stack }, ...more];
}

type RunKey = Pick<RunSummary, 'intent' | 'action' | 'stack'>;

/** The intent may ask for a label that the installation must carry (`APPROVED_LABEL`), when that is set. */
export function checkLabel(required: string | null, approved: string | null, intent: string): Notice | null {
  if (required === null || approved === null || required === approved) return null;
  return notice(
    'label_mismatch',
    phrase`${{ code: intent }} asks for the label ${{ code: required }}, and this installation carries another one.`,
  );
}
