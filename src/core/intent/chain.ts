import type { Catalogue, Intent } from '../model/intent.js';

/** The names of the other intents that an intent runs: those it depends on, and those of its steps. */
export function namedBy({ dependsOn, graph }: Pick<Intent, 'dependsOn' | 'graph'>): readonly string[] {
  if (!graph) return dependsOn;
  const ofSteps = graph.steps.flatMap(({ work }) => (work.kind === 'intent' ? [work.intent] : []));
  return [...new Set([...dependsOn, ...ofSteps])];
}

/**
 * The intents whose steps run when this one is asked for: dependencies and what steps refer to first, each once,
 * the intent last. A catalogue only finds intents whose dependencies it finds too, so a missing one is a defect.
 */
export function chainOf(catalogue: Pick<Catalogue, 'find'>, intent: Intent): readonly Intent[] {
  return chainOfAll(catalogue, [intent]);
}

/** The same for several intents at once. */
export function chainOfAll(
  catalogue: Pick<Catalogue, 'find'>,
  intents: readonly Intent[],
): readonly Intent[] {
  const chain: Intent[] = [];
  const seen = new Set<string>();
  const visit = (link: Intent): void => {
    if (seen.has(link.name)) return;
    seen.add(link.name);
    for (const name of namedBy(link)) {
      const next = catalogue.find(name);
      if (!next) throw new Error(`The catalogue holds ${link.name} without ${name}, which it runs too.`);
      visit(next);
    }
    chain.push(link);
  };
  for (const intent of intents) visit(intent);
  return chain;
}
