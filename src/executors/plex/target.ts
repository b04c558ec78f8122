import type { PlexFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { amongOrInspected, type Container } from '../docker/container.js';
import { hostPathOf } from './mounted.js';
import { containerUnknown } from './source.js';

/** The folder of this host that the archives go to. */
export interface Target {
  readonly folder: string;
  readonly blockers: readonly Notice[];
}

/**
 * A destination inside a container is the folder of this host that is mounted there. On no mount it is
 * refused: an archive in a container's own layer would be gone with the container.
 * @param listed containers that have just been looked at
 */
export async function lookAtTarget(
  fields: PlexFields,
  host: Host,
  listed: readonly Container[],
): Promise<Target> {
  const { destination, destination_container: name } = fields;
  if (name === null) return { folder: destination, blockers: [] };
  const inspected = await amongOrInspected(host, listed, name);
  if (inspected.state === 'missing') return { folder: destination, blockers: [containerUnknown(name)] };
  if (inspected.state === 'failed') {
    const message = phrase`Docker could not look at ${code(name)}: ${code(inspected.why)}.`;
    return { folder: destination, blockers: [notice('docker_unreachable', message)] };
  }
  const place = hostPathOf(inspected.value, destination);
  if (place) return { folder: place.path, blockers: [] };
  return {
    folder: destination,
    blockers: [
      notice(
        'destination_not_mounted',
        phrase`${code(`${name}:${destination}`)} lies on no mount: archives there would be gone with the container.`,
        phrase`Mount a folder or volume there, or write a folder of this host as ${code('destination')} without ${code('destination_container')}.`,
      ),
    ],
  };
}
