import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanStep } from '../../core/model/plan.js';
import { affectedSteps, restartWords } from './affected.js';
import { pullArgvs, replaceArgvs, tagArgv } from './commands.js';
import type { Comparison } from './compare.js';
import type { Replacement, RolloutData } from './data.js';
import { standing } from './start.js';
import { replaceTitle } from './wording.js';

/** Step 0 pulls; then one step for each replacement, in order; then what is left alone, for people to see. */
export function stepsOf(
  data: RolloutData,
  comparisons: readonly Comparison[],
  pullTitle: Phrase,
): readonly PlanStep[] {
  const { replacements } = data;
  const first: PlanStep = { title: pullTitle, commands: pullArgvs(replacements) };
  return [
    ...(replacements.length > 0 ? [first] : []),
    ...replacements.map((one) => stepOf(data, one)),
    ...affectedSteps(data),
    ...comparisons.flatMap((one) => untouched(one)),
  ];
}

function stepOf(data: RolloutData, replacement: Replacement): PlanStep {
  const tag = tagArgv(replacement);
  const replace = replaceArgvs(data, replacement);
  const title = phrase`${replaceTitle(replacement)}${oneShotWords(replacement)}${restartWords(data, replacement.service)}`;
  return { title, commands: tag === null ? replace : [tag, ...replace] };
}

function oneShotWords({ ends }: Replacement): string {
  return ends === 'must' ? ' It is a job: it runs again, and has to end with exit code 0.' : '';
}

function untouched(comparison: Comparison): readonly PlanStep[] {
  const { service } = comparison;
  switch (comparison.state) {
    case 'ground':
      return [{ title: phrase`${code(service)}: left alone, ${comparison.why}.`, commands: [] }];
    case 'current': {
      const { note } = comparison.change;
      const why = note === null ? [] : phrase` (${note})`;
      const elsewhere = comparison.isElsewhere ? ' Its image changed for other platforms only.' : '';
      // A job that has ended has done what it was for.
      const stands = comparison.replacement.ends === 'must' ? '' : standing(comparison.containers);
      const but = stands === '' ? '' : ` but ${stands},`;
      const title = phrase`${code(service)}: already current,${but} not touched${why}.${elsewhere}`;
      return [{ title, commands: [] }];
    }
    case 'kept':
      return [{ title: phrase`${code(service)}: kept as it is.`, commands: [] }];
    case 'off':
      return [{ title: phrase`${code(service)}: ${comparison.standing}.`, commands: [] }];
    default:
      return [];
  }
}
