import { posix } from 'node:path';
import type { Host } from '../../core/ports/host.js';
import type { Container } from '../docker/container.js';
import { isWithin } from '../shared/paths.js';

/** Where a path inside a container lies on the engine's host. */
export interface Mounted {
  /** The folder that is mounted. */
  readonly mount: string;
  /** Where it is mounted in the container. */
  readonly at: string;
  readonly path: string;
}

/** Null when it is on no mount. Not yet looked at. */
export function hostPathOf({ mounts }: Container, path: string): Mounted | null {
  const [mount] = mounts
    .filter(({ destination, source }) => source !== '' && isWithin(path, destination))
    .sort((a, b) => b.destination.length - a.destination.length);
  if (!mount) return null;
  const { source, destination } = mount;
  return {
    mount: source,
    at: destination,
    path: posix.join(source, posix.relative(destination, path)),
  };
}

/**
 * The same, when it is there and no symlink leads out of the mount: inside the container such a link would
 * lead elsewhere than on the host.
 */
export async function existingHostPath(
  host: Host,
  container: Container,
  path: string,
): Promise<string | null> {
  const place = hostPathOf(container, path);
  if (place === null) return null;
  const [mount, real] = [
    await host.realpath(place.mount).catch(() => null),
    await host.realpath(place.path).catch(() => null),
  ];
  return mount !== null && real !== null && isWithin(real, mount) ? real : null;
}
