import { posix } from 'node:path';
import type { Host } from '../../core/host.js';
import type { Container } from '../docker/container.js';
import { isWithin } from '../shared/paths.js';

/** Where a path inside a container lies on this host; null when it is on no mount. Not yet looked at. */
export function hostPathOf({ mounts }: Container, path: string): { mount: string; path: string } | null {
  const [mount] = mounts
    .filter(({ destination, source }) => source !== '' && isWithin(path, destination))
    .sort((a, b) => b.destination.length - a.destination.length);
  if (!mount) return null;
  return { mount: mount.source, path: posix.join(mount.source, posix.relative(mount.destination, path)) };
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
