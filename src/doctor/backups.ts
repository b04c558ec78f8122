import type { Check } from '../core/model/diagnosis.js';
import type { FreeSpace, Host } from '../core/ports/host.js';
import { formatBytes } from '../core/text/format.js';
import { placeKind } from '../executors/docker-volumes/place.js';
import { inspectDestination } from '../executors/shared/destination.js';
import { isWithin } from '../executors/shared/paths.js';
import { openSource } from '../executors/shared/source.js';
import { ofNotice, passed, problem, skipped, warning } from './check.js';
import { type Mount, unmountedAt } from './mounts.js';
import { deadShare, readMounts } from './shares.js';
import { type AnyUse, grouped, namesIn, only, type Use } from './uses.js';
import type { DoctorWorld } from './world.js';

const AREA = 'backups';
const GIB = 1024 ** 3;
/** Below this share of free space people are told, as before a run. */
const LOW = 0.05;

type Copying = 'files' | 'docker_volumes' | 'plex';

/** Where backups come from and go to: there, mounted, writable, with space. */
export async function examineBackups(
  world: DoctorWorld,
  host: Host,
  uses: readonly AnyUse[],
  dataDir: string,
): Promise<readonly Check[]> {
  const tables = {
    dataDir,
    mounts: await readMounts(host, world.mountsFile),
    fstab: await readMounts(host, world.fstabFile),
  };
  const copying = only(uses, 'files', 'docker_volumes', 'plex');
  if (copying.length === 0)
    return [skipped(AREA, 'backups.destination', 'No intent writes backups to a folder.')];
  const destinations = grouped(copying, destinationOf);
  const sources = grouped(only(copying, 'files', 'docker_volumes'), ({ step }) => step.fields.source);
  const found = await Promise.all([
    ...sources.map(([source, its]) => sourceChecks(host, tables, source, its)),
    ...destinations.map(([destination, its]) => destinationChecks(host, tables, destination, its)),
  ]);
  return found.flat();
}

/** A destination in a container is looked up when a preview is made. */
function destinationOf({ step }: Use<Copying>): string {
  const inside = step.kind === 'plex' ? step.fields.destination_container : null;
  return inside === null ? step.fields.destination : `${inside}:${step.fields.destination}`;
}

async function sourceChecks(
  host: Host,
  { mounts }: Tables,
  source: string,
  uses: readonly AnyUse[],
): Promise<readonly Check[]> {
  const dead = await deadShare(host, mounts, source, AREA);
  if (dead) return [dead];
  const found = await openSource(host, source);
  if (found.ok) return [passed(AREA, 'backups.source', `${source} can be read.`)];
  return [ofNotice(AREA, 'backups.source', 'problem', found.notice, namesIn(uses))];
}

interface Tables {
  readonly dataDir: string;
  readonly mounts: readonly Mount[];
  readonly fstab: readonly Mount[];
}

async function destinationChecks(
  host: Host,
  { mounts, fstab, dataDir }: Tables,
  destination: string,
  uses: readonly Use<Copying>[],
): Promise<readonly Check[]> {
  const id = 'backups.destination';
  const names = namesIn(uses);
  if (placeKind(destination) !== 'local') {
    return [
      skipped(AREA, id, `${destination} is not a folder of this host: it is looked at in each preview.`),
    ];
  }
  const dead = await deadShare(host, mounts, destination, AREA);
  if (dead) return [dead];
  const required = uses.some(({ step }) => step.fields.require_mount);
  const missing = unmountedAt(mounts, fstab, destination);
  const unmounted = missing === null ? [] : [unmountedCheck(destination, missing, required, names)];
  const place = await inspectDestination(host, destination, required && missing === null);
  const blockers = place.blockers.filter(
    // The first start makes the data directory.
    ({ code }) => code !== 'destination_missing' || !isWithin(destination, dataDir),
  );
  const blocked = blockers.map((notice) => ofNotice(AREA, id, 'problem', notice, names));
  // The space that is seen there would be the root disk's.
  if (missing !== null) return [...unmounted, ...blocked];
  return blocked.length > 0 ? blocked : [spaceCheck(destination, await host.free(place.nearest), names)];
}

function unmountedCheck(destination: string, point: string, required: boolean, names: string): Check {
  const message = `${point} should be mounted (it is in /etc/fstab) and is not. Needed by ${names}.`;
  const remedy = `Mount it: \`mount ${point}\`.`;
  if (required) return problem(AREA, 'backups.mount', message, remedy);
  const lost = `${message} Backups to ${destination} would fill the disk beneath.`;
  return warning(
    AREA,
    'backups.mount',
    lost,
    `${remedy} With \`require_mount: true\` in the intent, nothing runs while it is not.`,
  );
}

function spaceCheck(destination: string, { available, total }: FreeSpace, names: string): Check {
  const share = total === 0 ? 0 : Math.floor((available / total) * 100);
  const left = `${destination} has ${formatBytes(available)} free (${share} %)`;
  if (available >= GIB && available >= total * LOW) {
    return passed(AREA, 'backups.destination', `${left}.`);
  }
  return warning(
    AREA,
    'backups.space',
    `${left}. Needed by ${names}.`,
    'Free some space, or lower retention_days in the intent.',
  );
}
