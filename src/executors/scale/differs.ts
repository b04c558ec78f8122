import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { Json, PlanPart } from '../../core/model/plan.js';
import { canonicalJson } from '../../core/text/canonical.js';
import { runningBefore, type ScaleData } from './data.js';
import { replicas } from './wording.js';

/** What a scale finds now that it did not when it was shown. */
export async function differs(
  { data: before, targets: shown }: PlanPart<ScaleData>,
  { data: after, targets: now }: PlanPart<ScaleData>,
): Promise<readonly Phrase[]> {
  const name = code(after.service);
  const [was, is] = [runningBefore(before), runningBefore(after)];
  const isOther = (fact: string): boolean =>
    canonicalJson(factOf(shown, fact)) !== canonicalJson(factOf(now, fact));
  const words = [
    ...(was === is ? [] : [phrase`${name} has ${replicas(is)} now, not ${was}.`]),
    ...(before.wanted === after.wanted ? [] : [phrase`It would have ${after.wanted}, not ${before.wanted}.`]),
    ...(isOther('image') ? [phrase`The image of ${name} on this host is another one now.`] : []),
    ...(isOther('rendered') ? [phrase`The configuration of ${name} was edited.`] : []),
  ];
  if (words.length > 0) return words;
  const ids = ({ before: containers }: ScaleData): string => canonicalJson(containers.map(({ id }) => id));
  return ids(before) === ids(after)
    ? [phrase`A container of ${name} was started or stopped.`]
    : [phrase`Containers of ${name} were made again or removed.`];
}

function factOf(targets: Json, fact: string): Json {
  const facts = targets as { readonly [name: string]: Json } | null;
  return facts?.[fact] ?? null;
}
