import { posix } from 'node:path';
import type { Argv } from '../../core/model/plan.js';
import type { Folder, Host } from '../../core/ports/host.js';
import type { Container } from '../docker/container.js';
import { MOUNT_INFO, mountPointIn } from '../shared/mountinfo.js';
import { isWithin } from '../shared/paths.js';
import { hostPathOf } from './mounted.js';

/**
 * What a process sees of its machine: the id that the kernel gave itself when it booted, which containers share;
 * what numbers of users and groups mean; the mounts.
 */
const VIEW = ['/proc/sys/kernel/random/boot_id', '/proc/self/uid_map', '/proc/self/gid_map', MOUNT_INFO];
const BOOT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\n/;

/**
 * The folder of this host that a container has at `path`, where that is proven; else null. Docker names only paths
 * of the engine's host, which need not be this one: the bot may run in a container itself, or use the engine of
 * another machine. So the container is asked while it runs: it must be on this very kernel, and find the same device
 * and inode. It must also see what is seen here: nothing else mounted below, and the same owners.
 * @param path absolute, without `.` and `..`, and without a slash at its end
 */
export async function provenFolder(host: Host, container: Container, path: string): Promise<Folder | null> {
  const place = hostPathOf(container, path);
  if (place === null) return null;
  const folder = await realFolder(host, place.mount, posix.relative(place.at, path));
  if (folder === null) return null;
  const inside = ['docker', 'exec', container.id];
  const [here, there, id, sameId] = await Promise.all([
    ownView(host),
    answer(host, [...inside, 'cat', ...VIEW]),
    answer(host, idCommand(folder)),
    answer(host, [...inside, ...idCommand(path)]),
  ]);
  if (here === null || there === null || id === null || id !== sameId) return null;
  const [own, its] = [viewOf(here), viewOf(there)];
  if (!BOOT_ID.test(own.machine) || own.machine !== its.machine) return null;
  // Mount points are told without symlinks, so the mount's own proves that the path inside has none.
  if (!its.mounts.includes(place.at)) return null;
  if (hasMountBelow(its.mounts, path) || hasMountBelow(own.mounts, folder)) return null;
  return { path: folder, id: id.trim() };
}

/** Null unless it is a folder that lies below the mount without a symlink on the way. */
async function realFolder(host: Host, mount: string, below: string): Promise<string | null> {
  try {
    const root = await host.realpath(mount);
    if (root === null) return null;
    const folder = posix.join(root, below);
    if ((await host.realpath(folder)) !== folder) return null;
    return (await host.stat(folder))?.type === 'directory' ? folder : null;
  } catch {
    // This user may not look there.
    return null;
  }
}

function idCommand(path: string): string[] {
  return ['stat', '-L', '-c', '%d:%i', '--', path];
}

/** The same of this host. */
async function ownView(host: Host): Promise<string | null> {
  const texts = await Promise.all(VIEW.map((path) => host.readText(path).catch(() => null)));
  return texts.includes(null) ? null : texts.join('');
}

/** Null when it was not answered: no such program in the image, or the engine refuses. */
async function answer(host: Host, argv: Argv): Promise<string | null> {
  const result = await host.exec(argv, { log: 'none', keep: 4 * 1024 * 1024, timeoutMs: 10_000 });
  return result.ok ? result.stdout : null;
}

interface View {
  /** The kernel's id, and what numbers of users and groups mean. */
  readonly machine: string;
  readonly mounts: readonly string[];
}

function viewOf(text: string): View {
  const lines = text.split('\n');
  const points = lines.map(mountPointIn);
  return {
    machine: lines.filter((_line, index) => points[index] === null).join('\n'),
    mounts: points.filter((point) => point !== null),
  };
}

function hasMountBelow(mounts: readonly string[], folder: string): boolean {
  return mounts.some((point) => point !== folder && isWithin(point, folder));
}
