import { plainReads, type Reads } from '../documents/reads.js';
import { watchFolder } from '../documents/watch-folder.js';
import type { Catalogue, IntentProblem } from '../model/intent.js';
import type { Notice } from '../model/reasons.js';
import { closest } from '../text/closest.js';
import type { Folder } from './folder.js';
import { folderNotice } from './folder-notice.js';
import { scanFolder } from './folder-scan.js';
import { EMPTY, nextSnapshot, type Snapshot } from './snapshot.js';

export interface CatalogueOptions {
  /** The folder with the intents. While it can't be read, what it held last counts. */
  readonly dir: string;
  /** Follow changes of the files. */
  readonly watch?: boolean;
  /** Called when the intents or their problems are others than before, also for what is found at the start. */
  readonly onChange?: (problems: readonly IntentProblem[]) => void;
  /** Called after each look: why the folder can't be read, with what counts meanwhile; null when it can. */
  readonly onFolder?: (fault: Notice | null) => void;
  /** How often the folder is looked at besides, in milliseconds. Default 10 s. */
  readonly pollMs?: number;
  /** How the folder is read. Default: in this process. */
  readonly reads?: Reads;
}

export interface OpenCatalogue extends Catalogue {
  /** Reads the folder again now; resolves when the catalogue shows what is there. */
  reload(): Promise<void>;
  /** Stops following changes; the intents stay as they are. */
  close(): void;
}

/** Opens the intents of a folder. A broken file never stops the others, and nothing here throws because of one. */
export async function openCatalogue(options: CatalogueOptions): Promise<OpenCatalogue> {
  const { dir, watch = false, onChange, onFolder, pollMs = 10_000, reads = plainReads } = options;
  const folder = scanFolder(dir, reads);
  let read: Folder | null = null;
  let readAt = new Date();
  let outdated: Notice | null = null;
  let now: Snapshot = EMPTY;
  let closed = false;

  const load = async (idle = false): Promise<void> => {
    const found = await folder.scan(idle);
    if (found.ok) readAt = new Date();
    if (found === read) return;
    const next = await nextSnapshot(now, found);
    if (closed) return;
    const changed = !isSame(now, next);
    now = next;
    read = found;
    outdated = found.ok ? null : folderNotice(found.problem, now.intents.size > 0 ? readAt : null);
    onFolder?.(outdated);
    if (changed) onChange?.(next.problems);
  };
  // One after the other: a slow older reading must not overwrite a newer one.
  let turn = Promise.resolve();
  const reload = (idle = false): Promise<void> => {
    const next = (): Promise<void> => load(idle);
    turn = turn.then(next, next);
    return turn;
  };

  await reload();
  const stopWatching = watch ? watchFolder(dir, pollMs, (idle) => void reload(idle), reads) : () => {};
  return {
    find: (name) => now.intents.get(name) ?? null,
    all: () => [...now.intents.values()],
    problems: () => now.problems,
    warning: (name) => now.warnings.get(name) ?? (now.intents.has(name) ? outdated : null),
    outdated: () => (now.intents.size > 0 ? outdated : null),
    suggest: (name) => closest(name, now.intents.keys(), 3),
    reload: () => reload(),
    close: () => {
      closed = true;
      stopWatching();
    },
  };
}

function isSame(a: Snapshot, b: Snapshot): boolean {
  return (
    a.intents.size === b.intents.size &&
    [...a.intents].every(([name, intent]) => b.intents.get(name) === intent) &&
    JSON.stringify(a.problems) === JSON.stringify(b.problems)
  );
}
