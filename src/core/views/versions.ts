/** The first version number in a text, such as `[3, 4, 1]` in `rsync  version 3.4.1`; null without one. */
export function versionIn(text: string): readonly number[] | null {
  const found = /\d+(?:\.\d+)+/.exec(text);
  return found ? found[0].split('.').map(Number) : null;
}

/** Compares number by number; a missing one of `version` is 0. */
export function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  const differing = wanted.findIndex((number, index) => (version[index] ?? 0) !== number);
  return differing < 0 || (version[differing] ?? 0) > (wanted[differing] ?? 0);
}
