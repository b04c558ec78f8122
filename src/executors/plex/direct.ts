import { posix } from 'node:path';
import type { Folder } from '../../core/ports/host.js';
import type { Direct, PlexData } from './data.js';

/** How a folder of this host is read that is proven to be `path` in the container. */
export function directRead(folder: Folder, path: string): Direct {
  return { folder, read: readCommand(posix.basename(path)) };
}

/**
 * Writes the archive that `docker cp` sends (engine 20.10, looked at member by member): names begin with the folder's
 * name in the container and are in order, and of the extended attributes there are only file capabilities. Owners
 * are numbers, and times have their fractions of a second, which Docker cuts off. GNU tar follows no symlink that
 * it meets in the folder, nor one that takes a subfolder's place meanwhile (O_NOFOLLOW, seen with strace).
 */
function readCommand(name: string): string[] {
  // A name holds no slash, so only these mean something in a replacement.
  const escaped = name.replace(/[\\&]/g, '\\$&');
  return [
    'tar',
    '--create',
    '--file=-',
    '--format=posix',
    '--pax-option=delete=atime,delete=ctime',
    '--sort=name',
    // Pieces of 128 KiB: up to a third quicker through a pipeline than the usual 10 KiB.
    '--blocking-factor=256',
    '--numeric-owner',
    '--xattrs',
    '--xattrs-include=security.capability',
    // Names and hard links' targets, never those of symlinks.
    `--transform=s/^\\./${escaped}/rhS`,
    '--',
    '.',
  ];
}

/** The commands that make the archive as long as nothing speaks against reading the folder here. */
export function packOf({ pack, direct }: Pick<PlexData, 'pack' | 'direct'>): PlexData['pack'] {
  return direct === null ? pack : [direct.read, ...pack.slice(1)];
}
