import type { PlanContext } from '../../core/executor.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import type { ServiceContainer } from '../compose/containers.js';
import { attachedTo, everyContainer } from '../compose/sharers.js';
import { dockerSaid } from '../docker/missing.js';
import { named } from '../shared/wording.js';

/** What runs in the network of a container that would be removed has nothing to be attached to afterwards: a blocker. */
export async function wouldBeCutOff(
  { host }: PlanContext,
  removed: readonly ServiceContainer[],
): Promise<readonly Notice[]> {
  if (removed.length === 0) return [];
  const all = await everyContainer(host);
  if (all.state !== 'found') return [dockerSaid(all)];
  const ids = new Set(removed.map(({ id }) => id));
  return attachedTo(all.value, ids, ({ id }) => ids.has(id))
    .filter(({ isRunning }) => isRunning)
    .map(({ name, uses }) => {
      const used = named(uses.map((one) => one.name));
      return notice(
        'dependents_affected',
        phrase`${code(name)} runs in the network or process space of ${used}, which would be removed.`,
        phrase`Stop ${code(name)} first (${code(`docker stop ${name}`)}), then scale again.`,
      );
    });
}
