import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 500;

/** Looks at folders now and then; `end` looks a last time and gives the most that was in them, in bytes. */
export function watchPeak(folders: readonly string[]): { end(): Promise<number> } {
  const stop = new AbortController();
  let most = 0;
  const look = async (): Promise<void> => {
    const sizes = await Promise.all(folders.map(sizeOf));
    most = Math.max(
      most,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  };
  const watching = (async () => {
    while (!stop.signal.aborted) {
      await look();
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return {
    end: async () => {
      stop.abort();
      await watching;
      await look();
      return most;
    },
  };
}

/** Bytes of all files below; what vanishes meanwhile counts nothing. */
async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => null);
  if (!found?.isDirectory()) return found?.size ?? 0;
  const names = await readdir(path).catch(() => []);
  let sum = 0;
  for (const name of names) sum += await sizeOf(join(path, name));
  return sum;
}
