import type { Intent, IntentKind, IntentStep } from '../core/model/intent.js';
import { plain } from '../core/model/phrase.js';
import { someOf } from '../executors/shared/wording.js';

/** A step of an intent that can be run. */
export interface Use<Kind extends IntentKind> {
  readonly intent: string;
  readonly step: Extract<IntentStep, { kind: Kind }>;
}

/** A step of any kind. */
export interface AnyUse {
  readonly intent: string;
  readonly step: IntentStep;
}

export function usesOf(intents: readonly Intent[]): readonly AnyUse[] {
  return intents.flatMap(({ name, steps }) => steps.map((step) => ({ intent: name, step })));
}

/** Those of some kinds. */
export function only<Kind extends IntentKind>(
  uses: readonly AnyUse[],
  ...kinds: readonly Kind[]
): readonly Use<Kind>[] {
  const isOne = (use: AnyUse): use is Use<Kind> => kinds.some((kind) => kind === use.step.kind);
  return uses.filter(isOne);
}

/** The intents' names in a sentence: `photos, plex and 3 more`. */
export function namesIn(uses: readonly AnyUse[]): string {
  return plain(someOf([...new Set(uses.map(({ intent }) => intent))]));
}

/** Uses with the same key together, in the order of their first one. */
export function grouped<Kind extends IntentKind>(
  uses: readonly Use<Kind>[],
  keyOf: (use: Use<Kind>) => string,
): readonly (readonly [string, readonly Use<Kind>[]])[] {
  const groups = new Map<string, Use<Kind>[]>();
  for (const use of uses) groups.set(keyOf(use), [...(groups.get(keyOf(use)) ?? []), use]);
  return [...groups];
}
