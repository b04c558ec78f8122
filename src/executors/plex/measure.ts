import type { Argv } from '../../core/model/plan.js';
import type { Host } from '../../core/ports/host.js';
import { type Container, READ, whyFailed } from '../docker/container.js';
import { existingHostPath } from './mounted.js';

/** How much there is to copy. */
export type Measured =
  | { readonly state: 'measured'; readonly files: number; readonly bytes: number }
  /** It is there; how much it is can't be told without reading it all. */
  | { readonly state: 'there' }
  | { readonly state: 'missing' }
  | { readonly state: 'failed'; readonly why: string };

/**
 * Counts the files below a path in a container, but for some folders, without reading them: with the container's own `find`, when it
 * runs and has one; else on the host, when the path lies on a mount and the engine's files are this host's.
 */
export async function measureInContainer(
  host: Host,
  container: Container,
  path: string,
  leftOut: readonly string[],
): Promise<Measured> {
  const counted =
    (container.status === 'running' ? await measureInside(host, container.name, path, leftOut) : null) ??
    (await measureMount(host, container, path));
  if (counted) return { state: 'measured', ...counted };
  return exists(host, container.name, path);
}

interface Count {
  readonly files: number;
  readonly bytes: number;
}

/** Null when it can't be counted as a whole. */
export async function measureOnHost(
  host: Host,
  path: string,
): Promise<(Count & { /** This user may read all of it. */ readonly readable: boolean }) | null> {
  const closed = ['(', '-type', 'f', '!', '-readable', '-printf', `${CLOSED}\\n`, ')'];
  const sizes = ['!', '-type', 'd', '-printf', '%s\\n'];
  let readable = true;
  const counted = await count(
    host,
    ['find', path, '-ignore_readdir_race', ...closed, ',', ...sizes],
    (line) => {
      if (line === CLOSED) readable = false;
    },
  );
  return counted && { ...counted, readable };
}

/** Tells of a file that may not be read. Folders that may not be are find's own failure. */
const CLOSED = 'closed';

/**
 * The engine keeps files for each container in a folder that is named by the container's id. Who sees them at the
 * engine's own path sees the engine's host: good enough for a number, not for an archive.
 */
async function measureMount(host: Host, container: Container, path: string): Promise<Count | null> {
  const { hostsPath } = container;
  const isSeen = hostsPath !== '' && (await host.stat(hostsPath).catch(() => null)) !== null;
  const onHost = isSeen ? await existingHostPath(host, container, path) : null;
  return onHost === null ? null : measureOnHost(host, onHost);
}

function measureInside(
  host: Host,
  name: string,
  path: string,
  leftOut: readonly string[],
): Promise<Count | null> {
  const prune = leftOut.flatMap((folder) => ['-path', folder, '-prune', '-o']);
  const stat = ['-exec', 'stat', '-c', '%s', '{}', '+'];
  return count(host, ['docker', 'exec', name, 'find', path, ...prune, '!', '-type', 'd', ...stat]);
}

async function count(
  host: Host,
  argv: Argv,
  onOther: (line: string) => void = () => {},
): Promise<Count | null> {
  let files = 0;
  let bytes = 0;
  const result = await host.exec(argv, {
    ...{ log: 'none', keep: 64 * 1024, timeoutMs: 60_000 },
    onStdout: (line) => {
      if (!/^\d+$/.test(line)) return onOther(line);
      files += 1;
      bytes += Number(line);
    },
  });
  return result.ok ? { files, bytes } : null;
}

/** Reads only the first block of the archive that docker would send. */
async function exists(host: Host, name: string, path: string): Promise<Measured> {
  const results = await host.pipe([copyCommand(name, path), ['head', '-c', '512']], null, {
    timeoutMs: READ.timeoutMs,
  });
  const [sent, read] = results;
  if (sent === undefined || read === undefined) throw new Error('a pipeline without results');
  if (/could not find the file|no such file or directory|no such container:path/i.test(sent.stderr)) {
    return { state: 'missing' };
  }
  // Ended by SIGPIPE, or with a complaint about it: there was more than the first block. The pipeline's parts
  // are connected by sockets, so that the complaint can also be a reset connection.
  const cutOff =
    sent.ok ||
    sent.signal === 'SIGPIPE' ||
    /broken pipe|connection reset/i.test(sent.stderr) ||
    sent.stderr.trim() === '';
  return cutOff ? { state: 'there' } : { state: 'failed', why: whyFailed(sent) };
}

/** Writes a folder of a container, or one file, to stdout as a tar stream. */
export function copyCommand(name: string, path: string): string[] {
  return ['docker', 'cp', '--follow-link', `${name}:${path}`, '-'];
}
