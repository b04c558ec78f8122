import { posix } from 'node:path';
import type { ArchiveReader } from '../core/admission/adoption.js';
import { phrase } from '../core/model/phrase.js';
import { HostError } from '../core/ports/host.js';
import { readArchive } from './files/adopt.js';
import { readArchiveName } from './files/names.js';
import { readSnapshot } from './snapshots/adopt.js';
import { readSnapshotName } from './snapshots/names.js';

/** How archives and snapshots that the catalogue has lost are found and read again. Reads only. */
export const archiveReader: ArchiveReader = {
  async below(host, path) {
    const found = await host.stat(path);
    if (found === null) return null;
    if (found.type === 'file') return [path];
    // A symlink to a folder is that folder; to a file it is refused when it is read.
    if (found.type === 'symlink' && (await host.stat(`${path}/.`)) === null) return [path];
    if (readSnapshotName(posix.basename(path)) !== null) return [path];
    const names = await host.list(path);
    return names.filter(isOurs).map((name) => posix.join(path, name));
  },
  async read(host, path) {
    try {
      const isSnapshot = readSnapshotName(posix.basename(path)) !== null;
      return isSnapshot ? await readSnapshot(host, path) : await readArchive(host, path);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      return { ok: false, why: phrase`It can’t be read (${error.code}).` };
    }
  },
};

function isOurs(name: string): boolean {
  return readArchiveName(name) !== null || readSnapshotName(name) !== null;
}
