import { posix } from 'node:path';
import type { Host } from '../../core/ports/host.js';
import type { Listing } from './listing.js';
import { foldersAbove, readable } from './names.js';

/** The dry run's deletions, by when they are made. */
export interface DeletionParts {
  readonly inTheWay: readonly string[];
  readonly deletions: readonly string[];
}

/**
 * A folder above a deletion that is not deleted itself is usually a folder of the source. Where the source has something
 * else now, the copy has to make the deletion to have room.
 */
export function sortDeletions({ deletions, tops }: Pick<Listing, 'deletions' | 'tops'>): DeletionParts {
  const replacing = new Set(tops.filter(({ type }) => type !== 'd').map(({ name }) => name));
  const isInTheWay = (path: string): boolean => foldersAbove(path).some((folder) => replacing.has(folder));
  return {
    inTheWay: deletions.filter(isInTheWay),
    deletions: deletions.filter((path) => !isInTheWay(path)),
  };
}

/** Folders above deletions that stay, for the excluded files in them, but are gone from the source. */
export async function passagesTo(
  deletions: readonly string[],
  source: string,
  host: Host,
): Promise<readonly string[]> {
  const deleted = new Set(deletions);
  const staying = new Set(
    deletions.flatMap((path) => foldersAbove(path).filter((folder) => !deleted.has(`${folder}/`))),
  );
  const passages: string[] = [];
  for (const folder of staying) {
    if ((await host.stat(posix.join(source, readable(folder)))) === null) passages.push(folder);
  }
  return passages;
}
