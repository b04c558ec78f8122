import { visible } from './visible.js';

/** For patterns that editors check too: a part of what {@link hasHidden} finds, without what needs Unicode's tables. */
export const HIDDEN = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff';

const LONGEST = 80;

/** A value as it can be printed anywhere: quoted, hidden characters escaped, cut at 80 characters. */
export function quote(value: string): string {
  const text = [...value.slice(0, 2 * LONGEST)];
  const cut = text.length > LONGEST || value.length > 2 * LONGEST;
  return `"${visible(text.slice(0, LONGEST).join(''))}${cut ? '…' : ''}"`;
}

/** Does a value hold a line break or anything else that {@link visible} would have to write out? */
export function hasHidden(value: string): boolean {
  return visible(value) !== value;
}

/** The first hidden character of a value as people name it: `U+200B`; null when there is none. */
export function firstHidden(value: string): string | null {
  if (!hasHidden(value)) return null;
  const shown = visible(value);
  let same = 0;
  while (same < value.length && value[same] === shown[same]) same += 1;
  const hex = (value.codePointAt(same) ?? 0).toString(16).toUpperCase();
  return `U+${hex.padStart(4, '0')}`;
}
