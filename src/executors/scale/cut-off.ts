import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { ServiceContainer } from '../compose/containers.js';
import { attachedTo } from '../compose/sharers.js';
import type { Container } from '../docker/container.js';
import { named } from '../shared/wording.js';

/**
 * What runs in the network of a container that would be removed has nothing to be attached to afterwards: a blocker.
 * @param all every container of the engine
 */
export function wouldBeCutOff(
  all: readonly Container[],
  removed: readonly ServiceContainer[],
): readonly Notice[] {
  const ids = new Set(removed.map(({ id }) => id));
  return attachedTo(all, ids, ({ id }) => ids.has(id))
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
