import type { Host } from '../../core/host.js';
import type { Argv } from '../../core/plan.js';
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
 * Counts the files below a path in a container without reading them: on the host, when the path lies on a
 * mount; else with the container's own `find`, when it runs and has one.
 */
export async function measureInContainer(host: Host, container: Container, path: string): Promise<Measured> {
  const onHost = await existingHostPath(host, container, path);
  const counted =
    (onHost === null ? null : await measureOnHost(host, onHost)) ??
    (container.status === 'running' ? await measureInside(host, container.name, path) : null);
  if (counted) return { state: 'measured', ...counted };
  return exists(host, container.name, path);
}

interface Count {
  readonly files: number;
  readonly bytes: number;
}

/** Null when it can't be counted as a whole. */
export function measureOnHost(host: Host, path: string): Promise<Count | null> {
  return count(host, ['find', path, '!', '-type', 'd', '-printf', '%s\\n']);
}

function measureInside(host: Host, name: string, path: string): Promise<Count | null> {
  const stat = ['-exec', 'stat', '-c', '%s', '{}', '+'];
  return count(host, ['docker', 'exec', name, 'find', path, '!', '-type', 'd', ...stat]);
}

async function count(host: Host, argv: Argv): Promise<Count | null> {
  let files = 0;
  let bytes = 0;
  const result = await host.exec(argv, {
    ...{ log: 'none', keep: 64 * 1024, timeoutMs: 60_000 },
    onStdout: (line) => {
      if (!/^\d+$/.test(line)) return;
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
