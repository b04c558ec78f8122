import { posix } from 'node:path';
import type { Host } from '../../core/host.js';
import { foldersAbove, readable } from './names.js';

/** The dry run's deletions, by when and how they have to be done. */
export interface DeletionParts {
  readonly inTheWay: readonly string[];
  readonly deletions: readonly string[];
  readonly passages: readonly string[];
}

/**
 * A folder above a deletion that is not deleted itself is usually a folder of the source. Where the source
 * has something else now, the copy has to make the deletion to have room; where it has nothing, the folder
 * stays for the excluded files in it.
 */
export async function sortDeletions(
  host: Host,
  source: string,
  deletions: readonly string[],
): Promise<DeletionParts> {
  const deleted = new Set(deletions);
  const staying = new Set(
    deletions.flatMap((path) => foldersAbove(path).filter((folder) => !deleted.has(`${folder}/`))),
  );
  const replaced = new Set<string>();
  const passages: string[] = [];
  for (const folder of staying) {
    const stat = await host.stat(posix.join(source, readable(folder)));
    if (stat === null) passages.push(folder);
    else if (stat.type !== 'directory') replaced.add(folder);
  }
  const isInTheWay = (path: string): boolean => foldersAbove(path).some((folder) => replaced.has(folder));
  return {
    inTheWay: deletions.filter(isInTheWay),
    deletions: deletions.filter((path) => !isInTheWay(path)),
    passages,
  };
}
