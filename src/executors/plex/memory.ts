import type { PlexFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import type { Container } from '../docker/container.js';
import { isWithin } from '../shared/paths.js';

/** What of the databases' folder is in memory: it can't be copied, or only by leaving that out. */
export interface InMemory {
  /** Folders below the source that a copy lacks. */
  readonly leftOut: readonly string[];
  readonly blockers: readonly Notice[];
}

/**
 * Files on a tmpfs are gone once the container stops, and Docker sends none of them while it runs either (engine 20.10,
 * tried with --tmpfs, --mount and --read-only).
 */
export async function inMemory(host: Host, fields: PlexFields, container: Container): Promise<InMemory> {
  if (fields.source !== null) return { leftOut: [], blockers: [] };
  const path = fields.source_path ?? '/';
  const paths = [path, ...(await realPaths(host, container, path))];
  const folders = container.tmpfs.map(plain);
  const around = [...folders, '/dev/shm'].find((folder) =>
    paths.some((one) => isWithin(one, folder) && !isMounted(container, one, folder)),
  );
  if (around !== undefined) return { leftOut: [], blockers: [allOfIt(container.name, path, around)] };
  const below = folders.filter((folder) => paths.some((one) => isWithin(folder, one)));
  const stops = fields.consistency === 'stop' && container.status === 'running';
  return {
    leftOut: below,
    blockers: stops && below[0] !== undefined ? [partOfIt(container.name, below[0])] : [],
  };
}

/** `/config/` is `/config`. */
function plain(folder: string): string {
  return folder.replace(/(.)\/+$/, '$1');
}

/** A volume that is mounted inside the tmpfs keeps its files. */
function isMounted({ mounts }: Container, path: string, folder: string): boolean {
  return mounts.some(
    ({ source, destination }) =>
      source !== '' && isWithin(path, destination) && isWithin(destination, folder) && destination !== folder,
  );
}

/** Without symlinks, as the container sees it; none when it can't say. */
async function realPaths(host: Host, { id, status }: Container, path: string): Promise<readonly string[]> {
  if (status !== 'running') return [];
  const asked = await host.exec(['docker', 'exec', id, 'readlink', '-f', path], {
    ...{ log: 'none', timeoutMs: 10_000 },
  });
  const real = asked.stdout.replace(/\n$/, '');
  return asked.ok && real.startsWith('/') ? [real] : [];
}

function allOfIt(container: string, path: string, folder: string): Notice {
  const where = path === folder ? phrase`` : phrase`, as part of ${code(folder)}`;
  return notice(
    'stop_destroys',
    phrase`${code(`${container}:${path}`)} is in memory (tmpfs)${where}: it is only there while ${code(container)} runs, and stopping it would destroy it.`,
    phrase`Mount a volume or a folder there instead, or let the program in the container write its copy to one.`,
  );
}

function partOfIt(container: string, folder: string): Notice {
  return notice(
    'stop_destroys',
    phrase`${code(`${container}:${folder}`)} is in memory (tmpfs): stopping ${code(container)} would destroy what is in it.`,
    phrase`Set ${code('consistency: pause')} in the intent, which leaves ${code(folder)} out, or mount a volume there.`,
  );
}
