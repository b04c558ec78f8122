import { execFile, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PartSkipped } from './figures.js';
import type { Scope } from './scope.js';

const run = promisify(execFile);
const BUSYBOX = '/bin/busybox';
/** Ends at once when it is asked to. */
const IDLE = 'trap "exit 0" TERM; sleep 1000000 & wait';

/** Rejects with {@link PartSkipped} when one of the programs, or the Docker engine, is not there. */
export function needPrograms(...names: readonly string[]): void {
  needTools(...names);
  if (spawnSync('docker', ['version'], { stdio: 'ignore' }).status !== 0)
    throw new PartSkipped('There is no Docker engine.');
}

/** The same without the engine. */
export function needTools(...names: readonly string[]): void {
  const missing = names.filter((name) => spawnSync('which', [name], { stdio: 'ignore' }).status !== 0);
  if (missing.length > 0) throw new PartSkipped(`${missing.join(', ')} is not installed.`);
}

/** Starts a container with nothing but a busybox and a folder of this host mounted in; returns its name. */
export async function startBox(scope: Scope, folder: string, mountedAt: string): Promise<string> {
  const name = scope.name();
  const root = join(scope.dir, 'image');
  await mkdir(join(root, 'bin'), { recursive: true });
  await copyFile(BUSYBOX, join(root, 'bin/busybox'));
  await chmod(join(root, 'bin/busybox'), 0o755);
  for (const tool of ['sh', 'sleep', 'find', 'stat', 'cat', 'test'])
    await symlink('busybox', join(root, 'bin', tool));
  const tar = join(scope.dir, 'image.tar');
  await run('tar', ['-C', root, '-cf', tar, '.']);
  scope.defer(() => run('docker', ['image', 'rm', '--force', name]));
  await run('docker', ['import', tar, name]);
  scope.defer(() => run('docker', ['rm', '--force', '--volumes', name]));
  const mount = `type=bind,source=${folder},target=${mountedAt}`;
  const options = ['--detach', '--network', 'none', '--name', name, '--mount', mount];
  await run('docker', ['run', ...options, name, 'sh', '-c', IDLE]);
  return name;
}
