import type { Catalogue, Intent } from './intent.js';

/**
 * The intents whose steps run when this one is asked for: dependencies first, each once, the intent last.
 * A catalogue only finds intents whose dependencies it finds too, so a missing one is a defect.
 */
export function chainOf(catalogue: Pick<Catalogue, 'find'>, intent: Intent): readonly Intent[] {
  const chain: Intent[] = [];
  const seen = new Set<string>();
  const visit = (link: Intent): void => {
    if (seen.has(link.name)) return;
    seen.add(link.name);
    for (const name of link.dependsOn) {
      const next = catalogue.find(name);
      if (!next) throw new Error(`The catalogue holds ${link.name} without ${name}, which it depends on.`);
      visit(next);
    }
    chain.push(link);
  };
  visit(intent);
  return chain;
}
