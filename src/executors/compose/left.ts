import { type LeftDown, leftBy, type Started, startedBy, stateOf } from '../../core/model/left-down.js';
import type { PartResult, RecoveryReport } from '../../core/ports/executor.js';
import type { Host } from '../../core/ports/host.js';
import { observationOf } from '../docker/observe.js';
import { serviceContainers } from './containers.js';
import { serviceThing } from './observe.js';

/** A service and how many of its containers ran before. */
interface RanBefore {
  readonly service: string;
  readonly replicas: number;
}

/** The services of which fewer containers run now than before; those that nobody can see are among them. */
async function servicesLeftDown(
  host: Host,
  project: string,
  before: readonly RanBefore[],
): Promise<readonly LeftDown[]> {
  const ran = before.filter(({ replicas }) => replicas > 0);
  if (ran.length === 0) return [];
  const found = await serviceContainers(host, project);
  return ran.flatMap(({ service, replicas }): LeftDown[] => {
    const thing = thingOf(project, service, replicas);
    if (found.state !== 'found') return [{ ...thing, state: 'unknown' }];
    const own = found.value.filter((container) => container.service === service);
    const state = stateOf(
      thing,
      own.map((container) => ({ ...observationOf(container), of: thing.key })),
    );
    return state === null || state === 'running' ? [] : [{ ...thing, state }];
  });
}

function thingOf(project: string, service: string, wanted: number): Started {
  return { key: serviceThing(project, service), name: service, wanted };
}

/** Is it the end of a run, and a good one? */
export function hasSucceeded(end: PartResult | RecoveryReport): end is PartResult {
  return 'state' in end && end.state === 'succeeded';
}

/** The end of a part with what the services left down, or with what they started where it ended well. */
export async function withLeft<End extends PartResult | RecoveryReport>(
  end: End,
  host: Host,
  project: string,
  before: readonly RanBefore[],
): Promise<End> {
  if (hasSucceeded(end)) {
    const ran = before.filter(({ replicas }) => replicas > 0);
    const started = ran.map(({ service, replicas }) => thingOf(project, service, replicas));
    return { ...end, ...startedBy([{ started }]) };
  }
  return { ...end, ...leftBy([{ left: await servicesLeftDown(host, project, before) }]) };
}
