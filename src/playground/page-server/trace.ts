import { dispatchFor } from '../gateway/dispatch.js';
import type { TraceEntry } from '../page-protocol/server-message.js';
import type { LoggedRequest } from '../rest/request-log.js';
import type { World, WorldEvent } from '../world/world.js';

/** The line that an event gives in the developer bar; null for events that only the page is told of. */
export function traceOf(
  world: World,
  event: WorldEvent,
  requests: readonly LoggedRequest[],
): TraceEntry | null {
  if (event.type === 'request') {
    const last = requests.at(-1);
    return last ? restEntry(last) : null;
  }
  const name = dispatchFor(world, event)?.name;
  if (name === undefined) return null;
  const begins = event.type === 'interaction_create';
  const title = begins ? `${name} (${KINDS[event.interaction.type]})` : name;
  return { kind: 'gateway', at: world.clock.now(), title, status: null, ms: null, begins };
}

const KINDS = { 2: 'command', 3: 'component', 4: 'autocomplete', 5: 'form' } as const;

function restEntry({ at, method, path, status, ms }: LoggedRequest): TraceEntry {
  return { kind: 'rest', at, title: `${method} ${shortened(path)}`, status, ms, begins: false };
}

/** Tokens of interactions and webhooks open doors, and are long. */
function shortened(path: string): string {
  return path.replace(/^(\/(?:webhooks|interactions)\/\d+)\/[^/]+/, '$1/…');
}
