import type { MirrorData } from './data.js';

/** Does the check compare contents? */
export function readsAll(check: readonly string[]): boolean {
  return check.includes('--checksum');
}

/** As a plan says it. */
export function howToCheck({ check }: Pick<MirrorData, 'check'>): string {
  return readsAll(check) ? 'every byte' : 'size and time';
}

/** As a result says it. */
export function howChecked({ check }: Pick<MirrorData, 'check'>): string {
  return readsAll(check) ? 'every byte compared' : 'checked by size and time';
}
