import { posix } from 'node:path';
import { isOfKernel } from '../../core/intent/paths.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { checkDestinationMount } from './mounts.js';
import { isWithin, nearestExisting, realPlace } from './paths.js';

/** What a plan needs to know of a folder of this host that will be written to. */
export interface DestinationFacts {
  /** It is there; else the run creates it, in a parent that is there. */
  readonly exists: boolean;
  /** The nearest folder that is there now, for asking how much space is free. */
  readonly nearest: string;
  readonly blockers: readonly Notice[];
}

/** Looks at a destination without touching it: it, or its parent, must be there and writable. */
export async function inspectDestination(
  host: Host,
  destination: string,
  requireMount: boolean,
): Promise<DestinationFacts> {
  const nearest = await nearestExisting(host, destination);
  const real = await host.realpath(destination);
  const mount = requireMount ? await checkDestinationMount(host, destination) : null;
  const fault = mount ?? (await placeFault(host, destination, real));
  return { exists: real !== null, nearest, blockers: fault ? [fault] : [] };
}

async function placeFault(host: Host, destination: string, real: string | null): Promise<Notice | null> {
  if (isOfKernel(destination) || isOfKernel(await realPlace(host, destination))) {
    return notice(
      'destination_not_writable',
      phrase`${code(destination)} is among devices or what the kernel shows of itself, and keeps no files.`,
      phrase`Write a folder on a disk or a share as ${code('destination')} in the intent.`,
    );
  }
  const parent = posix.dirname(destination);
  const folder = real ?? (await host.realpath(parent));
  const named = real === null ? parent : destination;
  if (folder === null) {
    return notice(
      'destination_missing',
      phrase`Neither ${code(destination)} nor its parent folder exists.`,
      phrase`Create ${code(parent)}, or correct ${code('destination')} in the intent.`,
    );
  }
  if ((await host.stat(folder))?.type !== 'directory') {
    return notice('destination_not_writable', phrase`${code(named)} is not a folder.`);
  }
  if (await host.access(folder, 'write')) return null;
  return notice('destination_not_writable', phrase`The bot may not write to ${code(named)}.`);
}

/** Blocks when one folder lies in the other, also through symlinks. `real` is the resolved source. */
export async function checkOverlap(
  host: Host,
  source: string,
  real: string,
  destination: string,
): Promise<Notice | null> {
  const place = await realPlace(host, destination);
  if (place === real) {
    return notice(
      'destination_in_source',
      phrase`${code(destination)} and ${code(source)} are the same folder.`,
    );
  }
  const inside = isWithin(place, real);
  if (!inside && !isWithin(real, place)) return null;
  const [inner, outer] = inside ? [destination, source] : [source, destination];
  return notice('destination_in_source', phrase`${code(inner)} lies inside ${code(outer)}.`);
}
