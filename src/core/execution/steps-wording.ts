import type { PlanGraph, StepState, StepStates } from '../model/graph.js';
import { code, type Phrase, phrase } from '../model/phrase.js';
import { formatCount } from '../text/format.js';
import type { EndedPart } from './course.js';
import type { PutBack } from './put-back.js';
import type { GraphEnd } from './run-graph.js';

/** What a graph's outcome says, free of markup. */

/** More steps than this are counted, not named: an outcome is read on a phone. */
const NAMED = 12;
/** Up to so many parts are told with all their sentences, the others with the first one. */
const TOLD_WHOLE = 4;

const HOW: Readonly<Partial<Record<StepState, string>>> = {
  failed: ' failed',
  rolled_back: ' failed, and was put back',
  cancelled: ' was stopped',
};

/** Names of steps as a list: `a`, `b` and 3 more. */
export function namedSteps(names: readonly string[]): Phrase {
  const shown = names.slice(0, NAMED).flatMap((name, index) => [index === 0 ? '' : ', ', code(name)]);
  return names.length > NAMED ? phrase`${shown} and ${names.length - NAMED} more` : shown;
}

/** What ended parts reported, each after its step's name. */
export function endedWords(ended: readonly Pick<EndedPart, 'step' | 'result'>[]): readonly Phrase[] {
  const told = ended.slice(0, NAMED).flatMap(({ step, result }) => {
    const [first, ...others] = result.summary;
    const head = phrase`${code(step)}${HOW[result.state] ?? ''}`;
    const rest = ended.length > TOLD_WHOLE ? [] : others;
    return first === undefined ? [phrase`${head}.`] : [phrase`${head}: ${first}`, ...rest];
  });
  const more = ended.length - NAMED;
  return more > 0 ? [...told, phrase`${formatCount(more, 'other step')} ended in the same way.`] : told;
}

export function succeededWords(graph: PlanGraph, { ended, states }: GraphEnd): readonly Phrase[] {
  return [...endedWords(ended), ...groups(graph, states).skipped, ...doneBefore(graph)];
}

/** How all those stand that the sentences before have not told of. */
export function restWords(graph: PlanGraph, { ended, states, putBack }: GraphEnd): readonly Phrase[] {
  const wentOn = graph.nodes.some(({ name, onFailure }) => onFailure === 'continue' && failedIn(ended, name));
  const told = [...(putBack?.kept.map(({ step }) => step) ?? []), ...(putBack?.left ?? [])];
  return [
    ...(wentOn ? [phrase`The run went on without what failed.`] : []),
    ...standWords(graph, states, told),
  ];
}

/** Sentences about a step, the first one after its name. */
export function afterStep(step: string, [first, ...others]: readonly Phrase[]): readonly Phrase[] {
  return first === undefined ? [] : [phrase`${code(step)}: ${first}`, ...others];
}

/** How those steps stand that were not under way, nor told of before. */
export function standWords(
  graph: PlanGraph,
  states: StepStates,
  told: readonly string[] = [],
): readonly Phrase[] {
  const untold = { ...graph, nodes: graph.nodes.filter(({ name }) => !told.includes(name)) };
  const { done, skipped, waiting } = groups(untold, states);
  return [...done, ...doneBefore(graph), ...skipped, ...waiting];
}

export function changedWords(step: string): Phrase {
  return phrase`${code(step)} would do something else now than what was shown, so it was not begun.`;
}

export function putBackWords({ undone, kept, left }: PutBack): readonly Phrase[] {
  const backups = [...new Set(kept.map(({ step }) => step))];
  return [
    ...undone.map(({ step, result }) => {
      const how = result.state === 'rolled_back' ? 'was undone' : 'could not be undone';
      return phrase`${code(step)} ${how}: ${result.summary.flatMap((one, at) => [at === 0 ? '' : ' ', ...one])}`;
    }),
    ...(backups.length > 0
      ? [phrase`${namedSteps(backups)} ${backups.length === 1 ? 'stays' : 'stay'}: backups are kept.`]
      : []),
    ...(left.length > 0 ? [phrase`Not undone, because the run was stopped: ${namedSteps(left)}.`] : []),
  ];
}

function groups({ nodes }: PlanGraph, states: StepStates) {
  const inState = (state: StepState) =>
    nodes.filter((node) => node.doneIn === undefined && states[node.name] === state).map(({ name }) => name);
  const line = (names: readonly string[], what: string, why = '') =>
    names.length === 0 ? [] : [phrase`${what}: ${namedSteps(names)}${why}.`];
  const skipped = inState('skipped');
  const condition =
    skipped.length === 1 ? ', whose condition did not hold' : ', whose conditions did not hold';
  return {
    done: line(inState('succeeded'), 'Done'),
    skipped: line(skipped, 'Skipped', condition),
    waiting: line(inState('waiting'), 'Not begun'),
  };
}

function doneBefore({ nodes }: PlanGraph): readonly Phrase[] {
  const done = nodes.filter(({ doneIn }) => doneIn !== undefined);
  if (done.length === 0) return [];
  return [phrase`Done before, and not repeated: ${namedSteps(done.map(({ name }) => name))}.`];
}

function failedIn(ended: readonly EndedPart[], name: string): boolean {
  return ended.some(({ step, result }) => step === name && result.state !== 'succeeded');
}
