import { code, type Phrase, phrase } from '../model/phrase.js';
import { type Effect, type PlanPart, workOf } from '../model/plan.js';
import { targetChanges } from '../model/target-changes.js';
import type { CoreDeps } from '../ports/deps.js';
import { canonicalJson } from '../text/canonical.js';
import { formatBytes, formatCount } from '../text/format.js';
import { isMoreWork } from './fingerprint.js';

/** So many sentences tell what is another thing; the new preview tells the rest. */
const MOST = 6;

/** What a plan does now that it did not when it was shown, in sentences; each thing once. */
export async function changesBetween(
  deps: Pick<CoreDeps, 'executors'>,
  shown: readonly PlanPart[],
  now: readonly PlanPart[],
): Promise<readonly Phrase[]> {
  if (shown.length !== now.length) {
    return [phrase`It has ${formatCount(now.length, 'step')} now, not ${shown.length}.`];
  }
  const parts = await Promise.all(
    now.map((part, index) => {
      const before = shown[index];
      return before ? changesOfPart(deps, before, part) : [];
    }),
  );
  const all = once([...parts.flat(), ...workWords(shown, now)]);
  return all.length <= MOST ? all : [...all.slice(0, MOST), phrase`And ${all.length - MOST} more changes.`];
}

async function changesOfPart(
  { executors }: Pick<CoreDeps, 'executors'>,
  shown: PlanPart,
  now: PlanPart,
): Promise<readonly Phrase[]> {
  if (shown.intent !== now.intent || shown.kind !== now.kind) {
    return [phrase`${code(now.intent)} is a step now, not ${code(shown.intent)}.`];
  }
  const edited = shown.fieldsHash !== undefined && shown.fieldsHash !== now.fieldsHash;
  const known = new Set(shown.blockers.map((one) => canonicalJson(one.message)));
  const blocked = now.blockers.filter(({ message }) => !known.has(canonicalJson(message)));
  const found = [
    ...(edited ? [phrase`The intent ${code(now.intent)} was edited.`] : []),
    ...blocked.map(({ message }) => message),
    ...deletionWords(shown, now),
  ];
  // What can't be looked at has no details to compare.
  if (blocked.length > 0) return found;
  const own = await executors.get(now.kind)?.differs?.(shown, now);
  const more = own ?? targetChanges(shown.targets, now.targets);
  if (found.length + more.length > 0) return [...found, ...more];
  const effects = effectWords(shown, now);
  return effects.length > 0 ? effects : titleWords(shown, now);
}

function deletionWords(shown: PlanPart, now: PlanPart): readonly Phrase[] {
  const before = pathsOf(shown);
  const after = pathsOf(now);
  const more = after.filter((path) => !before.includes(path));
  const fewer = before.filter((path) => !after.includes(path));
  return [
    ...(more.length > 0 ? [phrase`It would also delete ${named(more)}.`] : []),
    ...(fewer.length > 0 ? [phrase`It would no longer delete ${named(fewer)}.`] : []),
  ];
}

function pathsOf({ effects }: PlanPart): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'delete' ? effect.paths : []));
}

function named(paths: readonly string[]): Phrase {
  const [first = ''] = paths;
  const rest = paths.length - 1;
  return rest === 0 ? phrase`${code(first)}` : phrase`${code(first)} and ${formatCount(rest, 'more path')}`;
}

function effectWords(shown: PlanPart, now: PlanPart): readonly Phrase[] {
  const words = (part: PlanPart) => part.effects.flatMap(wordOf);
  const text = (effect: (typeof EFFECTS)[keyof typeof EFFECTS], target: string): string =>
    `${effect} ${target}`;
  const before = words(shown).map(([verb, target]) => text(verb, target));
  const after = words(now).map(([verb, target]) => text(verb, target));
  return [
    ...words(now).flatMap(([verb, target]) =>
      before.includes(text(verb, target)) ? [] : [phrase`It would ${verb} ${code(target)}.`],
    ),
    ...words(shown).flatMap(([verb, target]) =>
      after.includes(text(verb, target)) ? [] : [phrase`It would no longer ${verb} ${code(target)}.`],
    ),
  ];
}

const EFFECTS = {
  stop: 'stop',
  start: 'start',
  create: 'create',
  remove: 'remove',
  replace: 'replace',
} as const;

function wordOf(effect: Effect): readonly (readonly [keyof typeof EFFECTS, string])[] {
  return effect.kind === 'write' || effect.kind === 'delete' ? [] : [[effect.kind, effect.target]];
}

function titleWords(shown: PlanPart, now: PlanPart): readonly Phrase[] {
  const before = new Set(shown.steps.map(({ title }) => canonicalJson(title)));
  return now.steps.flatMap(({ title }) => (before.has(canonicalJson(title)) ? [] : [phrase`Now: ${title}`]));
}

function workWords(shown: readonly PlanPart[], now: readonly PlanPart[]): readonly Phrase[] {
  if (!isMoreWork(shown, now)) return [];
  const [before, after] = [workOf({ parts: shown }), workOf({ parts: now })];
  return [phrase`There are ${formatBytes(after)} to write now, not ${formatBytes(before)}.`];
}

function once(sentences: readonly Phrase[]): readonly Phrase[] {
  return [...new Map(sentences.map((sentence) => [canonicalJson(sentence), sentence])).values()];
}
