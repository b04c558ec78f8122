import { visible } from '../visible.js';

/** Control characters, line and paragraph separators, and those that reorder text on a screen. */
export const HIDDEN = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff';

const ANY_HIDDEN = new RegExp(`[${HIDDEN}]|\\p{Cs}`, 'u');
const LONGEST = 80;

/** A value as it can be printed anywhere: quoted, hidden characters escaped, cut at 80 characters. */
export function quote(value: string): string {
  const text = [...value.slice(0, 2 * LONGEST)];
  const cut = text.length > LONGEST || value.length > 2 * LONGEST;
  return `"${visible(text.slice(0, LONGEST).join(''))}${cut ? '…' : ''}"`;
}

/** Does a value hold a line break or another character that can't be seen? */
export function hasHidden(value: string): boolean {
  return ANY_HIDDEN.test(value);
}
