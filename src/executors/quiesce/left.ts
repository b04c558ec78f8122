import { type LeftDown, leftBy, stateOf } from '../../core/model/left-down.js';
import type { PartResult, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { inspectContainer } from '../docker/container.js';
import { containerThing, observationOf } from '../docker/observe.js';
import type { Quiesce } from './data.js';

/** The end of a part, with the containers that ran before when they don't now, whether its copy is good or not. */
export async function withLeft<End extends PartResult | RecoveryReport>(
  end: End,
  quiesce: Quiesce | null,
  { host }: RunContext,
): Promise<End> {
  if (quiesce === null || ('state' in end && end.state === 'succeeded')) return end;
  const left: LeftDown[] = [];
  for (const { name } of quiesce.containers) {
    const thing = { key: containerThing(name), name, wanted: 1 };
    const found = await inspectContainer(host, name);
    const seen = found.state === 'found' ? [{ ...observationOf(found.value), of: thing.key }] : [];
    const known = found.state === 'found' || found.state === 'missing';
    const state = known ? stateOf(thing, seen) : 'unknown';
    if (state !== null && state !== 'running') left.push({ ...thing, state });
  }
  return { ...end, ...leftBy([{ left }]) };
}
