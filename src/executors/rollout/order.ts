import type { ComposeService } from '../compose/config.js';

/** The services in the order of their dependencies; else as they were given. */
export function inDependencyOrder(services: readonly ComposeService[]): readonly ComposeService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered = new Set<ComposeService>();
  const visit = (service: ComposeService, above: ReadonlySet<string>): void => {
    if (ordered.has(service)) return;
    for (const name of [...service.dependsOn, ...service.livesIn]) {
      const dependency = byName.get(name);
      if (dependency && !above.has(name)) visit(dependency, new Set([...above, service.name]));
    }
    ordered.add(service);
  };
  for (const service of services) visit(service, new Set([service.name]));
  return [...ordered];
}
