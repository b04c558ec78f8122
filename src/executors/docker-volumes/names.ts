import { unescapeBytes } from '../shared/escapes.js';

/**
 * rsync in the C locale prints each byte that is not printable ASCII as `\#ooo`, and also a backslash that
 * would look like such an escape. So a name is one line of ASCII, and nothing of it is lost; that is how
 * plans keep names that are no UTF-8.
 */
export function bytesOf(printed: string): Buffer {
  return unescapeBytes(printed, /\\#[0-7]{3}/g, (escaped) => Number.parseInt(escaped.slice(2), 8));
}

/** The name as people read it; as rsync prints it when it is no UTF-8. */
export function readable(printed: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(printed));
  } catch {
    return printed;
  }
}

/** Every folder above a path, the nearest first, without the root: `a/b/c` → `a/b`, `a`. */
export function foldersAbove(path: string): readonly string[] {
  const parts = path.replace(/\/$/, '').split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, parts.length - 1 - index).join('/'));
}
