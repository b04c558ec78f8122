import { type FSWatcher, watch } from 'node:fs';
import { plainReads, type Reads } from './reads.js';

/** An editor saves in several steps; they count as one. */
const SETTLE_MS = 100;

/**
 * Calls back when a folder may have changed: shortly after the system says so, and every `pollMs` besides,
 * because network mounts say nothing, and may keep whoever asks them to waiting; `idle`: the system said nothing. Keeps no process alive. Returns the function that ends it.
 */
export function watchFolder(
  dir: string,
  pollMs: number,
  onTick: (idle: boolean) => void,
  reads: Reads = plainReads,
): () => void {
  let watcher: FSWatcher | null = null;
  let watched = '';
  let settling: NodeJS.Timeout | null = null;
  let closed = false;
  let attaching = false;

  const stopWatching = (): void => {
    watcher?.close();
    watcher = null;
    watched = '';
  };
  const soon = (): void => {
    if (settling) clearTimeout(settling);
    settling = setTimeout(() => onTick(false), SETTLE_MS).unref();
  };
  /** A folder that was replaced is another one to the system, and has to be watched anew. */
  const attach = async (): Promise<void> => {
    // On a mount that hangs each question keeps a thread.
    if (attaching) return;
    attaching = true;
    const identity = await reads.facts(dir).then(
      ({ dev, ino }) => `${dev}:${ino}`,
      () => '',
    );
    const isCertain = await reads.isCertain(dir);
    attaching = false;
    if (closed || identity === watched) return;
    stopWatching();
    if (identity === '' || !isCertain) return;
    try {
      watcher = watch(dir, soon).unref();
      watcher.on('error', stopWatching);
      watched = identity;
      // What changed before the watch began was not seen.
      soon();
    } catch {
      // No watches left, or a file system without them: the poll alone has to do.
      stopWatching();
    }
  };

  const poll = setInterval(() => {
    void attach();
    onTick(true);
  }, pollMs).unref();
  void attach();

  return () => {
    closed = true;
    clearInterval(poll);
    if (settling) clearTimeout(settling);
    stopWatching();
  };
}
