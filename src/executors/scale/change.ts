import type { ComposeService } from '../compose/config.js';
import type { ServiceContainer } from '../compose/containers.js';
import { isUp } from '../docker/condition.js';

/** Names of the containers that a scale creates, starts and removes. */
export interface Change {
  readonly created: readonly string[];
  readonly started: readonly string[];
  readonly removed: readonly string[];
}

/**
 * What Compose does to get to `wanted` containers: it counts those that are stopped too, starts them,
 * removes those with the highest numbers, and goes on counting where the highest number ends.
 */
export function changeTo(
  wanted: number,
  existing: readonly ServiceContainer[],
  project: string,
  service: ComposeService,
): Change {
  const highest = existing.reduce((most, { number }) => Math.max(most, number), 0);
  const missing = Math.max(0, wanted - existing.length);
  const nameOf = (number: number): string => service.containerName ?? `${project}-${service.name}-${number}`;
  return {
    created: Array.from({ length: missing }, (_, index) => nameOf(highest + 1 + index)),
    started: existing
      .slice(0, wanted)
      .filter((container) => !isUp(container))
      .map(({ name }) => name),
    removed: existing.slice(wanted).map(({ name }) => name),
  };
}
