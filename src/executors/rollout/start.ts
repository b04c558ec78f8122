import { conditionOf } from '../../core/model/condition.js';
import type { RolloutFields } from '../../core/model/fields.js';
import type { ComposeService } from '../compose/config.js';
import type { ServiceContainer } from '../compose/containers.js';
import { serviceThing } from '../compose/observe.js';
import { isOn } from '../compose/profiles.js';
import type { ComposeProject } from '../compose/project.js';
import { observationOf } from '../docker/observe.js';

/** Is a service that doesn't run started by this rollout? */
export type Starts = (service: ComposeService, existing: readonly ServiceContainer[]) => boolean;

/**
 * What the intent says of services that don't run. `new` are those that the file has gained: they have no container, and
 * others of the stack have. What a run of ours left down is always started; what the file or its profiles switch off, never.
 * @param leftDown see `PlanContext`
 */
export function startsOf(
  { start = 'new' }: Pick<RolloutFields, 'start'>,
  { name, inputs }: ComposeProject,
  containers: readonly ServiceContainer[],
  leftDown: ReadonlySet<string>,
): Starts {
  return (service, existing) => {
    if (service.replicas === 0 || !isOn(service, inputs.profiles)) return false;
    if (leftDown.has(serviceThing(name, service.name)) || start === 'all') return true;
    return start === 'new' && existing.length === 0 && containers.length > 0;
  };
}

/** Why the stack has no container of a service on purpose; null: it has not, or should have some. */
export function meantOff(
  { inputs }: ComposeProject,
  service: ComposeService,
  existing: readonly ServiceContainer[],
): string | null {
  if (existing.length > 0) return null;
  if (!isOn(service, inputs.profiles)) return `its profile ${service.profiles.join(', ')} is off`;
  return service.replicas === 0 ? 'the file asks for none' : null;
}

/** How containers stand, in the words of `/status`; empty: they run, and are well. */
export function standing(containers: readonly ServiceContainer[]): string {
  if (containers.length === 0) return 'no container';
  const words = containers.map((container) => {
    const seen = observationOf(container);
    const isUp = seen.state === 'running' || seen.state === 'starting';
    return isUp && seen.healthy !== false ? [] : [conditionOf(seen).word];
  });
  return [...new Set(words.flat())].join(', ');
}
