import * as z from 'zod';
import type { ServiceContainer } from './containers.js';
import type { ComposeProject } from './project.js';

/**
 * A service that another one depends on, directly or not, with the number of its containers. Compose writes it
 * into a label of each container that it makes, and before 2.30 counts it into the label `config-hash`: unless it knows of
 * these services as well then, the next plain `docker compose up -d` makes the container again.
 */
export type Need = { readonly service: string; readonly replicas: number };

export const NEEDS_SCHEMA = z.array(z.strictObject({ service: z.string(), replicas: z.number() }));

/** What a service needs. `planned`: how many containers there will be, where that isn't how many there are. */
export function needsOf(
  { services }: Pick<ComposeProject, 'services'>,
  service: string,
  containers: readonly ServiceContainer[],
  planned: ReadonlyMap<string, number> = new Map(),
): readonly Need[] {
  const found = new Set<string>();
  const waiting = [...(services.get(service)?.dependsOn ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === service || found.has(name)) continue;
    found.add(name);
    waiting.push(...(services.get(name)?.dependsOn ?? []));
  }
  return [...found].sort().map((name) => {
    const existing = containers.filter((container) => container.service === name).length;
    return { service: name, replicas: planned.get(name) ?? existing };
  });
}
