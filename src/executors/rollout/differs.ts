import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { INSTANCES, type Json, type PlanPart } from '../../core/model/plan.js';
import { canonicalJson } from '../../core/text/canonical.js';
import { formatCount } from '../../core/text/format.js';
import { joined } from '../shared/wording.js';
import type { Replacement, RolloutData } from './data.js';
import { replaceTitle, shortId } from './wording.js';

type Part = PlanPart<RolloutData>;

/** What a rollout does now that it did not when it was shown. */
export async function differs(shown: Part, now: Part): Promise<readonly Phrase[]> {
  const services = [...shown.data.replacements, ...now.data.replacements].map(({ service }) => service);
  const words = [...new Set(services)].flatMap((service) => {
    const before = replacementOf(shown, service);
    const after = replacementOf(now, service);
    if (before && after) return bothWords(before, after, isMadeAgain(shown, now, service));
    if (after) return [phrase`New: ${replaceTitle(after)}`];
    return [endedWords(now, service)];
  });
  if (words.length > 0) return words;
  const left = leftWords(shown, now);
  return left.length > 0 ? left : [phrase`Other containers are attached or restarted with it now.`];
}

/** Of services that are left alone before and now. */
function leftWords(shown: Part, now: Part): readonly Phrase[] {
  const [before, after] = [targetsOf(shown), targetsOf(now)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((service) => {
    const [was, is] = [before.get(service), after.get(service)];
    if (!was) return [phrase`${code(service)} is new in the stack.`];
    if (!is) return [phrase`${code(service)} is no longer in the stack.`];
    if (canonicalJson(was) === canonicalJson(is)) return [];
    if (was.state !== 'off' && is.state === 'off') return [phrase`${code(service)} doesn’t run any more.`];
    if (was.state === 'off' && is.state !== 'off') return [phrase`${code(service)} runs now.`];
    if (was.replicas !== is.replicas)
      return [
        phrase`${code(service)} has ${formatCount(is.replicas ?? 0, 'replica')} now, not ${was.replicas ?? 0}.`,
      ];
    const isMade = canonicalJson(was[INSTANCES] ?? null) !== canonicalJson(is[INSTANCES] ?? null);
    return [
      isMade
        ? phrase`The containers of ${code(service)} were made again.`
        : phrase`${code(service)}, which is left alone, is configured in another way now.`,
    ];
  });
}

function replacementOf({ data }: Part, service: string): Replacement | undefined {
  return data.replacements.find((one) => one.service === service);
}

function endedWords({ data }: Part, service: string): Phrase {
  return data.current.includes(service)
    ? phrase`${code(service)} is already current.`
    : phrase`${code(service)} doesn’t run any more.`;
}

function bothWords(before: Replacement, after: Replacement, isMade: boolean): readonly Phrase[] {
  const name = code(after.service);
  const [was, is] = [before.pull ?? before.localId ?? '', after.pull ?? after.localId ?? ''];
  const words = [
    ...(before.replicas === after.replicas
      ? []
      : [phrase`${name} has ${formatCount(after.replicas, 'replica')} now, not ${before.replicas}.`]),
    ...(before.image === after.image
      ? []
      : [phrase`The image of ${name} is ${code(after.image)} now, not ${code(before.image)}.`]),
    ...(before.image !== after.image || was === is
      ? []
      : [phrase`${code(after.image)} is ${code(shortId(is))} now, not ${code(shortId(was))}.`]),
    ...(before.rendered === after.rendered ? [] : [configurationWords(before, after)]),
  ];
  if (words.length > 0 || !isMade) return words;
  return [phrase`The containers of ${name} were made again.`];
}

function configurationWords(before: Replacement, after: Replacement): Phrase {
  const name = code(after.service);
  const missing = (from: Replacement, others: Replacement): readonly Phrase[] => {
    const known = new Set(others.changes.map(canonicalJson));
    return from.changes.filter((change) => !known.has(canonicalJson(change)));
  };
  const added = missing(after, before);
  const dropped = missing(before, after);
  if (added.length > 0) return phrase`The configuration of ${name} was edited: ${joined(added)}.`;
  if (dropped.length > 0) return phrase`The configuration of ${name} was edited: no more ${joined(dropped)}.`;
  return after.changes.length === 0
    ? phrase`The configuration of ${name} was edited.`
    : phrase`The configuration of ${name} was edited again, in what the preview named: ${joined(after.changes)}.`;
}

/** Are its containers others than those of the preview? */
function isMadeAgain(shown: Part, now: Part, service: string): boolean {
  return canonicalJson(idsOf(shown, service)) !== canonicalJson(idsOf(now, service));
}

function idsOf(part: Part, service: string): Json {
  return targetsOf(part).get(service)?.[INSTANCES] ?? [];
}

/** What the plan's fingerprint holds of a service. */
type Target = Readonly<Record<string, Json>> & { readonly replicas?: number };

function targetsOf({ targets }: Part): ReadonlyMap<string, Target> {
  const { services = [] } = (targets ?? {}) as { readonly services?: readonly Target[] };
  return new Map(services.map((one) => [String(one.service), one]));
}
