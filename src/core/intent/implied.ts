import { ancestorsOf } from '../conditions/order.js';
import type { Catalogue, Intent } from '../model/intent.js';
import { chainOf, chainOfAll } from './chain.js';

type Find = Pick<Catalogue, 'find'>;

/** Which intents run because of `depends_on`, and where. */
export interface Implied {
  /** Before the first step, in order. */
  readonly before: readonly Intent[];
  /** By step: right before the intent that it refers to, in the same step. */
  readonly ofStep: ReadonlyMap<string, readonly Intent[]>;
  /** Intents that would run at more than one place. */
  readonly doubles: readonly Double[];
}

interface Double {
  readonly intent: string;
  /** The step that would run it because its intent depends on it; null: the `depends_on` at the top. */
  readonly step: string | null;
  /** A step that would run it too. */
  readonly other: string;
}

/**
 * A step runs what its intent depends on right before it, unless that has run by then: before the first step,
 * or in a step that it waits for and that has no condition.
 */
export function impliedIn(catalogue: Find, { dependsOn, graph }: Intent): Implied {
  const before = chainOfAll(
    catalogue,
    dependsOn.flatMap((name) => catalogue.find(name) ?? []),
  );
  const ofStep = new Map<string, readonly Intent[]>();
  if (!graph) return { before, ofStep, doubles: [] };
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  const refersTo = (name: string): string | null => {
    const work = steps.get(name)?.work;
    return work?.kind === 'intent' ? work.intent : null;
  };
  const first = new Set(before.map(({ name }) => name));
  const targetOf = (name: string): Intent | null => catalogue.find(refersTo(name) ?? '');
  const isNeedy = graph.steps.some(({ name }) => targetOf(name)?.dependsOn.length);
  for (const [name, ancestors] of isNeedy ? ancestorsOf(graph.steps) : []) {
    const target = targetOf(name);
    if (!target) continue;
    const surely = [...ancestors].filter((earlier) => steps.get(earlier)?.when === null);
    const hasRun = (link: string): boolean =>
      first.has(link) ||
      surely.some(
        (earlier) => refersTo(earlier) === link || ofStep.get(earlier)?.some((one) => one.name === link),
      );
    const implied = chainOf(catalogue, target).filter((link) => link !== target && !hasRun(link.name));
    if (implied.length > 0) ofStep.set(name, implied);
  }
  return { before, ofStep, doubles: doublesIn(first, ofStep, [...steps.keys()], refersTo) };
}

function doublesIn(
  before: ReadonlySet<string>,
  ofStep: ReadonlyMap<string, readonly Intent[]>,
  steps: readonly string[],
  refersTo: (step: string) => string | null,
): readonly Double[] {
  const runs = new Map<string, string[]>();
  for (const step of steps) {
    const implied = (ofStep.get(step) ?? []).map(({ name }) => name);
    for (const intent of [refersTo(step) ?? '', ...implied]) {
      const known = runs.get(intent);
      if (known) known.push(step);
      else runs.set(intent, [step]);
    }
  }
  const double = (intent: string, step: string | null): readonly Double[] => {
    const other = runs.get(intent)?.find((one) => one !== step);
    return other === undefined ? [] : [{ intent, step, other }];
  };
  return [
    ...[...before].flatMap((intent) => double(intent, null)),
    ...[...ofStep].flatMap(([step, implied]) => implied.flatMap(({ name }) => double(name, step))),
  ];
}
