import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { ServiceContainer } from '../compose/containers.js';
import type { Container } from '../docker/container.js';
import { groundOf } from '../docker/ground.js';
import type { Change } from './change.js';

/** The bot's own service keeps its number, and what the bot needs to live is not removed. Reads only. */
export async function groundBlockers(
  host: Host,
  existing: readonly ServiceContainer[],
  { created, started, removed }: Change,
  all: readonly Container[],
): Promise<readonly Notice[]> {
  if (created.length + started.length + removed.length === 0) return [];
  const needed = (await groundOf(host, all)).find(
    ({ container, isOwn }) =>
      existing.some(({ id }) => id === container.id) && (isOwn || removed.includes(container.name)),
  );
  if (!needed) return [];
  const what = needed.isOwn ? 'scaled by the bot' : 'removed by the bot';
  return [
    notice(
      'container_own',
      phrase`${code(needed.container.name)} can’t be ${what}: ${needed.why}.`,
      phrase`Change it on the host.`,
    ),
  ];
}
