import type { Container } from '../docker/container.js';
import { isOfService, ofService } from './containers.js';
import { type Origin, originOf } from './origin.js';

/** A container that Compose made, of whatever project. */
export interface Made {
  readonly project: string;
  readonly service: string;
  /** Also while it is paused or started again. */
  readonly isUp: boolean;
  readonly origin: Origin;
}

/** The containers that Compose made for services, with what their labels say of their origin. */
export function madeOf(all: readonly Container[]): readonly Made[] {
  return all
    .filter(isOfService)
    .map(ofService)
    .map(({ project, service, labels, running }) => ({
      project,
      service,
      isUp: running,
      origin: originOf(labels),
    }));
}
