import { stripVTControlCharacters } from 'node:util';
import type { Phrase } from '../core/model/phrase.js';
import { visible } from '../core/text/visible.js';

/** Hostile text made safe for a terminal: escape sequences removed, other control characters made visible. */
export function clean(text: string): string {
  return visible(stripVTControlCharacters(text).replaceAll('\t', ' '));
}

/** Colours; each is the identity where colour is off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** SGR codes of ECMA-48: on and off. */
export function createStyle(colour: boolean): Style {
  const paint = (on: number, off: number) => (text: string) =>
    colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** A phrase as one clean line, its values set off by colour. */
export function sentence(phrase: Phrase, style: Style): string {
  return phrase
    .map((part) => {
      if (typeof part === 'string') return clean(part);
      return 'code' in part ? style.cyan(clean(part.code)) : localTime(part.time);
    })
    .join('');
}

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
/** Combining marks (variation selectors among them) and what joins characters. */
const NO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;

function cells(char: string): number {
  if (NO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** Columns that plain text takes on a terminal. */
export function width(text: string): number {
  return [...text].reduce((sum, char) => sum + cells(char), 0);
}

/** Plain text cut to so many columns, with an ellipsis where something is missing. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let result = '';
  let used = 1;
  for (const char of text) {
    used += cells(char);
    if (used > columns) break;
    result += char;
  }
  return columns > 0 ? `${result}…` : '';
}

/** Rows as left-aligned columns, two blanks apart. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-22 14:17` in this machine's time zone. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day} ${clock(iso)}`;
}

/** `14:17` in this machine's time zone. */
export function clock(iso: string): string {
  const at = new Date(iso);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
}
