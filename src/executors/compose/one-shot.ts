import type { ComposeService } from './config.js';
import type { Ends } from './verdict.js';

/** Services that others wait for until they have ended with exit code 0. */
export function awaitedServices(services: Iterable<ComposeService>): ReadonlySet<string> {
  return new Set(
    [...services].flatMap(({ traits }) =>
      traits.dependencies.flatMap(({ service, condition }) =>
        condition === 'service_completed_successfully' ? [service] : [],
      ),
    ),
  );
}

/** What the end of a service's container with exit code 0 means. */
export function endsOf({ name, traits }: ComposeService, services: Iterable<ComposeService>): Ends {
  if (awaitedServices(services).has(name)) return 'must';
  return traits.isJob ? 'may' : 'never';
}
