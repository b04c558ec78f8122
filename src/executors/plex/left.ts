import type { PartResult, RecoveryReport, RunContext } from '../../core/executor.js';
import { leftBy, stateOf } from '../../core/left-down.js';
import type { PlanPart } from '../../core/plan.js';
import { inspectContainer } from '../docker/container.js';
import { containerThing, observationOf } from '../docker/observe.js';
import type { PlexData } from './data.js';

/** The end of a part, with the container that ran before when it doesn't now, whether the archive is good or not. */
export async function withLeft<End extends PartResult | RecoveryReport>(
  end: End,
  { data: { hold, container } }: PlanPart<PlexData>,
  { host }: RunContext,
): Promise<End> {
  if (hold === 'none' || ('state' in end && end.state === 'succeeded')) return end;
  const thing = { key: containerThing(container), name: container, wanted: 1 };
  const found = await inspectContainer(host, container);
  const seen = found.state === 'found' ? [{ ...observationOf(found.value), of: thing.key }] : [];
  const known = found.state === 'found' || found.state === 'missing';
  const state = known ? stateOf(thing, seen) : 'unknown';
  return state === null || state === 'running'
    ? end
    : { ...end, ...leftBy([{ left: [{ ...thing, state }] }]) };
}
