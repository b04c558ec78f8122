import { setImmediate as turn } from 'node:timers/promises';

/**
 * Reads that are asked for in one turn of the event loop are done once, after all of them were asked for.
 * What comes back is shared too, so nobody may change it.
 */
export function sharedRead<Args extends readonly (string | number | null)[], T>(
  read: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    let answer = asked.get(key);
    if (!answer) {
      answer = turn().then(() => {
        asked.delete(key);
        return read(...args);
      });
      asked.set(key, answer);
    }
    return answer;
  };
}
