import { closest } from './closest.js';
import { readFolder } from './folder.js';
import type { Catalogue, IntentProblem } from './intent.js';
import { EMPTY, nextSnapshot, type Snapshot } from './snapshot.js';
import { watchFolder } from './watch-folder.js';

export interface CatalogueOptions {
  /** The folder with the intents; a missing one is a problem and an empty catalogue, not an error. */
  readonly dir: string;
  /** Follow changes of the files. */
  readonly watch?: boolean;
  /** Called when the intents or their problems are others than before, also for what is found at the start. */
  readonly onChange?: (problems: readonly IntentProblem[]) => void;
  /** How often the folder is looked at besides, in milliseconds. Default 10 s. */
  readonly pollMs?: number;
}

export interface OpenCatalogue extends Catalogue {
  /** Reads the folder again now; resolves when the catalogue shows what is there. */
  reload(): Promise<void>;
  /** Stops following changes; the intents stay as they are. */
  close(): void;
}

/** Opens the intents of a folder. A broken file never stops the others, and nothing here throws because of one. */
export async function openCatalogue(options: CatalogueOptions): Promise<OpenCatalogue> {
  const { dir, watch = false, onChange, pollMs = 10_000 } = options;
  let now: Snapshot = EMPTY;
  let closed = false;

  const load = async (): Promise<void> => {
    const next = await nextSnapshot(now, await readFolder(dir));
    if (closed) return;
    const changed = !isSame(now, next);
    now = next;
    if (changed) onChange?.(next.problems);
  };
  // One after the other: a slow older reading must not overwrite a newer one.
  let turn = Promise.resolve();
  const reload = (): Promise<void> => {
    turn = turn.then(load, load);
    return turn;
  };

  await reload();
  const stopWatching = watch ? watchFolder(dir, pollMs, () => void reload()) : () => {};
  return {
    find: (name) => now.intents.get(name) ?? null,
    all: () => [...now.intents.values()],
    problems: () => now.problems,
    warning: (name) => now.warnings.get(name) ?? null,
    suggest: (name) => closest(name, now.intents.keys(), 3),
    reload,
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
