import { chainSubjects } from '../access/authorize.js';
import { type Schedule, scheduleActor } from '../model/schedule.js';
import { judgeAll } from '../policy/judge.js';
import { opensAt } from '../policy/opening.js';
import type { CoreDeps } from '../ports/deps.js';

/** A freeze that is on, or a window that is shut, in the way of a schedule's runs. */
export interface Holding {
  /** Of the freeze or window, as the policy names it. */
  readonly name: string;
  readonly freeze: boolean;
  /** ISO 8601; null: not in the next two weeks. */
  readonly until: string | null;
}

/** What holds a schedule's runs back at that moment; null: nothing does. A dry run begins nothing. */
export function holdingOf(
  { policy, catalogue }: Pick<CoreDeps, 'policy' | 'catalogue'>,
  schedule: Schedule,
  at: Date,
): Holding | null {
  const intent = catalogue.find(schedule.intent);
  if (!intent || schedule.dryRun) return null;
  const [rules, actor] = [policy.rules(), scheduleActor(schedule)];
  const subjects = chainSubjects(catalogue, intent);
  const judgement = judgeAll(rules, actor, 'run', subjects, at);
  if (judgement.allowed || judgement.why.kind !== 'time') return null;
  const { times, freeze } = judgement.why;
  const until = opensAt(rules, actor, 'run', subjects, at);
  return { name: times.name, freeze, until: until?.toISOString() ?? null };
}
