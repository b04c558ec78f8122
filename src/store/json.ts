import { StoreError } from '../core/ports/store.js';

/**
 * Reads JSON that the store has written itself.
 * @param what names the place for the StoreError when somebody else has changed it
 */
export function parseJson<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new StoreError(
      `${what} is damaged: it is no JSON any more. Put a backup of the data directory in its place.`,
      { cause, fault: 'damaged' },
    );
  }
}

/** {@link parseJson} for what may be absent. */
export function parseJsonOrNull<T>(text: string | null, what: string): T | null {
  return text === null ? null : parseJson<T>(text, what);
}
