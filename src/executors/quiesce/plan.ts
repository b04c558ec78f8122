import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { Container } from '../docker/container.js';
import { type Ground, ownId } from '../docker/ground.js';
import type { Quiesce } from './data.js';
import { isMemory } from './places.js';
import { type Running, type User, usersOf } from './users.js';

/** What is wanted, and what was found. */
export interface Wanted {
  readonly hold: Quiesce['hold'];
  readonly stopSeconds: number;
  /** Containers that the intent names, running or not; those that may write to the places come besides. */
  readonly named: readonly Container[];
  readonly places: readonly string[];
  readonly running: Running;
  /** What this program needs to live: it is never held. */
  readonly ground: readonly Ground[];
}

export interface Planned {
  readonly quiesce: Quiesce;
  /** Those that are held, as they are now. */
  readonly containers: readonly Container[];
  readonly warnings: readonly Notice[];
  readonly blockers: readonly Notice[];
}

/** Which containers are held, in which order, and what speaks against it. Reads only. */
export async function planQuiesce(host: Host, wanted: Wanted): Promise<Planned> {
  const { hold, stopSeconds, named, places, running, ground } = wanted;
  const own = ownId(ground);
  const [self, users] = halved(await usersOf(host, running, places), ({ container }) => container.id === own);
  const all = new Map([...named, ...users.map(({ container }) => container)].map((one) => [one.id, one]));
  const held = [...all.values()]
    .filter(({ status }) => status === 'running')
    .sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  const still = [...all.values()].filter(({ status }) => status !== 'running');
  const name = ({ id, name }: Container) => ({ id, name });
  const quiesce: Quiesce = {
    hold,
    stopSeconds,
    containers: held.map(name),
    still: still.map(name),
    places,
    volumes: [...new Set(users.flatMap(({ volumes }) => volumes))],
  };
  return {
    quiesce,
    containers: held,
    warnings: self.map(notHeld),
    blockers: blockersOf(wanted, held, users),
  };
}

function blockersOf(
  { hold, ground, running }: Wanted,
  held: readonly Container[],
  users: readonly User[],
): readonly Notice[] {
  const found = held.map((container): Notice | null => {
    const needed = ground.find((one) => one.container.id === container.id);
    if (needed) return isGround(needed);
    return hold === 'stop' ? wouldNotStay(container) : null;
  });
  const inMemory = users.flatMap(({ volumes }) => volumes).find((name) => isInMemory(running, name));
  if (hold === 'stop' && inMemory !== undefined) found.push(volumeInMemory(inMemory));
  return found.filter((one) => one !== null);
}

function isInMemory({ volumes }: Running, name: string): boolean {
  const options = volumes.get(name);
  return options !== undefined && isMemory(options);
}

function isGround({ container, why }: Ground): Notice {
  return notice(
    'container_own',
    phrase`${code(container.name)} can’t be held: ${why}, and holding it would hold the bot.`,
  );
}

/** The bot waits while it copies, but for its own records. */
function notHeld({ container: { name } }: User): Notice {
  return notice(
    'container_own',
    phrase`${code(name)} can write there too, and isn’t held: the bot runs in it.`,
    phrase`Mount the folder read-only (${code(':ro')}) in the bot’s container to be sure that it writes nothing there.`,
  );
}

function halved<T>(all: readonly T[], test: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

/** What Docker, or Swarm, does to a container that is stopped. */
function wouldNotStay({ name, autoRemove, labels }: Container): Notice | null {
  if (autoRemove) {
    return notice(
      'container_autoremove',
      phrase`${code(name)} was made with ${code('--rm')}: stopping it would remove it.`,
    );
  }
  const service = labels['com.docker.swarm.service.name'];
  if (service === undefined) return null;
  return notice(
    'container_unsettled',
    phrase`${code(name)} belongs to the Swarm service ${code(service)}, which would start another one in its place.`,
    phrase`Set ${code('consistency: pause')} in the intent, or scale the service down around the backup.`,
  );
}

function volumeInMemory(name: string): Notice {
  return notice(
    'stop_destroys',
    phrase`The volume ${code(name)} is in memory, and empty once its containers stop.`,
    phrase`Set ${code('consistency: pause')} in the intent.`,
  );
}
