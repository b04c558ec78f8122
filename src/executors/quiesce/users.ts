import type { Host } from '../../core/ports/host.js';
import { type Container, type ContainerMount, type Inspected, listContainers } from '../docker/container.js';
import { overlap, placesOf, type Volumes, volumesOf } from './places.js';

/** A container that may write to some places, and through which volumes. */
export interface User {
  readonly container: Container;
  readonly volumes: readonly string[];
}

/** The containers that run, paused ones too, with the options of their volumes. */
export interface Running {
  readonly containers: readonly Container[];
  readonly volumes: Volumes;
}

/** Which containers run now. Reads only; goes on when the run is stopped. */
export async function listRunning(host: Host): Promise<Inspected<Running>> {
  const listed = await listContainers(host, []);
  if (listed.state !== 'found') return listed;
  return {
    state: 'found',
    value: { containers: listed.value, volumes: await volumesOf(host, listed.value) },
  };
}

/** Those that may write to the places, also above or below them. */
export async function usersOf(
  host: Host,
  { containers, volumes }: Running,
  places: readonly string[],
): Promise<readonly User[]> {
  const found: User[] = [];
  for (const container of containers) {
    const mounts = await mountsIn(host, container, volumes, places);
    const names = mounts.filter(({ type }) => type === 'volume').map(({ name }) => name);
    if (mounts.length > 0) found.push({ container, volumes: names });
  }
  return found;
}

/** Its mounts that it may write to and that have to do with the places. */
async function mountsIn(
  host: Host,
  { mounts }: Container,
  volumes: Volumes,
  places: readonly string[],
): Promise<readonly ContainerMount[]> {
  const found: ContainerMount[] = [];
  for (const mount of mounts) {
    if (!mount.writable || mount.source === '') continue;
    if (!overlap(await placesOf(host, mount, volumes), places)) continue;
    // Docker's own socket, for one, is no file that is copied.
    if ((await host.stat(mount.source).catch(() => null))?.type === 'other') continue;
    found.push(mount);
  }
  return found;
}
