import { pathText } from '../documents/flat-document.js';
import type { Intent, IntentProblem } from '../model/intent.js';
import { closest } from '../text/closest.js';
import { namedBy } from './chain.js';
import { findCycles } from './cycles.js';
import { type Misfit, misfitsOf } from './misfits.js';
import type { ReadIntent } from './read-intent.js';
import type { Mention } from './read-step.js';

/** What is known of one intent: what its file says now, and the version that was in use before. */
export interface Candidate {
  readonly read: ReadIntent;
  readonly last: Intent | null;
}

export interface Settled {
  /** Of each name the newest version that works; whatever it depends on is here too. */
  readonly intents: ReadonlyMap<string, Intent>;
  /** What is wrong with how the files as they are now name each other. */
  readonly problems: readonly IntentProblem[];
}

/**
 * Chooses the version of each intent that is used: what its file says now if that works, else the last one
 * that did. An intent doesn't work when one that it runs is missing, broken, waits for the
 * intent itself, or does not take the values that it is given.
 */
export function settle(candidates: ReadonlyMap<string, Candidate>): Settled {
  const chosen = new Map<string, Intent>();
  for (const [name, { read, last }] of candidates) {
    const intent = read.intent ?? last;
    if (intent) chosen.set(name, intent);
  }
  const problems: IntentProblem[] = [];
  for (;;) {
    const cycles = findCycles(new Map([...chosen].map(([name, intent]) => [name, namedBy(intent)])));
    const find = (name: string): Intent | null => chosen.get(name) ?? null;
    // Only where all names lead somewhere can be asked what is found there.
    const misfits = new Map<string, readonly Misfit[]>();
    const isLost = (intent: Intent): boolean =>
      cycles.has(intent.name) || namedBy(intent).some((name) => !chosen.has(name));
    if (![...chosen.values()].some(isLost)) {
      for (const [name, intent] of chosen) {
        const found = misfitsOf({ find }, intent, mentionsOf(candidates.get(name), intent));
        if (found.length > 0) misfits.set(name, found);
      }
    }
    const failing = [...chosen.values()].filter((intent) => misfits.has(intent.name) || isLost(intent));
    if (failing.length === 0) return { intents: chosen, problems };
    // What an edit broke goes back first; that may be all it takes for the others. All are judged against the
    // same state, so that the order of the files plays no part.
    const edited = failing.filter((intent) => (candidates.get(intent.name)?.last ?? intent) !== intent);
    const blamed = edited.length > 0 ? edited : failing;
    problems.push(
      ...blamed.flatMap((intent) =>
        explainFailure(intent, candidates, chosen, cycles, misfits.get(intent.name)),
      ),
    );
    for (const { name } of blamed) {
      const last = candidates.get(name)?.last;
      if (edited.length > 0 && last) chosen.set(name, last);
      else chosen.delete(name);
    }
  }
}

function explainFailure(
  intent: Intent,
  candidates: ReadonlyMap<string, Candidate>,
  chosen: ReadonlyMap<string, Intent>,
  cycles: ReadonlyMap<string, readonly string[]>,
  misfits: readonly Misfit[] = [],
): readonly IntentProblem[] {
  const mentions = mentionsOf(candidates.get(intent.name), intent);
  const { file } = intent;
  const unfit = misfits.map((misfit) => ({ file, ...placeOf(misfit, mentions), ...saying(misfit) }));
  const lost = mentions.flatMap((mention) => {
    const { line, column, field } = mention;
    const found = explainMention(mention, intent.name, candidates, chosen, cycles.get(intent.name) ?? []);
    return found ? [{ file, line, column, field, ...found }] : [];
  });
  return mentions.length > 0 ? [...lost, ...unfit] : [];
}

/** A last good version that no longer works is not what the file says; the file has its own problems. */
function mentionsOf(candidate: Candidate | undefined, intent: Intent): readonly Mention[] {
  const read = candidate?.read;
  return read?.intent === intent ? read.mentions : [];
}

function placeOf({ step, intent, param }: Misfit, mentions: readonly Mention[]) {
  const mention =
    mentions.find(({ reference, name }) =>
      step === null ? !reference && name === intent : reference?.step === step,
    ) ?? mentions[0];
  if (param !== undefined && mention?.reference) {
    return { ...mention.reference.locate(param), field: pathText(['steps', step ?? '', 'params', param]) };
  }
  return { line: mention?.line ?? 1, column: mention?.column ?? 1, field: mention?.field ?? '' };
}

function saying({ message, hint }: Misfit) {
  return { message, hint };
}

function explainMention(
  mention: Mention,
  intent: string,
  candidates: ReadonlyMap<string, Candidate>,
  chosen: ReadonlyMap<string, Intent>,
  cycle: readonly string[],
): { message: string; hint: string } | null {
  const { name, field } = mention;
  if (name === intent) return { message: `${field} names the intent itself.`, hint: 'Remove it.' };
  if (!candidates.has(name)) {
    const [near] = closest(
      name,
      [...candidates.keys()].filter((other) => other !== intent),
    );
    return {
      message: `${field} is "${name}", but there is no intent of that name.`,
      hint: near ? `Did you mean ${near}?` : 'Write the name of another file here, without its ending.',
    };
  }
  if (!chosen.has(name)) {
    return {
      message: `${field} is "${name}", but ${name} has an error of its own.`,
      hint: `Mend ${name} first.`,
    };
  }
  if (cycle[1] !== name) return null;
  return {
    message: `${field} is "${name}", but then ${intent} waits for itself: ${cycle.join(' → ')}.`,
    hint: `Remove one of these names from ${mention.reference ? 'steps' : 'depends_on'}.`,
  };
}
