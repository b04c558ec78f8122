import { stripVTControlCharacters } from 'node:util';
import type { Phrase, PhrasePart } from '../../../core/model/phrase.js';
import { visible } from '../../../core/text/visible.js';

/** Marks a sentence's values; a text longer than this is never worth more of a phone's screen. */
const TEXT_MAX = 400;
const CODE_MAX = 160;
const PHRASE_MAX = 700;
/** Looked at before cleaning, so that a line of 10 MB costs no more than a line of 10 kB. */
const RAW_MAX = 10_000;

const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** One line without ANSI sequences, in which hidden characters are seen; hostile markup is still in it. */
export function cleanLine(raw: string): string {
  return visible(
    stripVTControlCharacters(bounded(raw)).replace(LINE_BREAKS, ' ').replace(LONE_SURROGATES, '\ufffd'),
  );
}

function bounded(raw: string): string {
  return raw.length <= RAW_MAX ? raw : `${raw.slice(0, RAW_MAX / 2)}…${raw.slice(-RAW_MAX / 2)}`;
}

/** Shortens in the middle, because a path's end says most. Never cuts a character in two. */
export function middle(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = Math.floor((max - 1) / 3);
  return `${text.slice(0, head)}…${text.slice(text.length - (max - 1 - head))}`.replace(LONE_SURROGATES, '');
}

/** Text in which no character means anything to Discord. Pings are off besides; this keeps it readable. */
export function escapeText(raw: string, max = TEXT_MAX): string {
  return middle(cleanLine(raw), max)
    .replace(/[\\`*~|<>[\]#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
    .replace(/^(\s*)([-+])/, '$1\\$2')
    .replaceAll('://', ':\\//')
    .replace(/@(?=everyone|here)/g, '@\u200b');
}

/** A value as inline code. A backtick would end it, so a look-alike takes its place. */
export function inlineCode(raw: string, max = CODE_MAX): string {
  const value = middle(cleanLine(raw), max).replaceAll('`', 'ˋ');
  return `\`${value.trim() === '' ? '(empty)' : value}\``;
}

/** A sentence as Discord markdown, at most about 700 characters. Backticks inside plain parts mean code. */
export function markdown(phrase: Phrase): string {
  let text = '';
  for (const part of phrase) {
    const next = typeof part === 'string' ? withCode(part) : value(part);
    if (text.length + next.length > PHRASE_MAX) return `${text}…`;
    // Two code spans side by side would run into one another.
    text += text.endsWith('`') && next.startsWith('`') ? `\u200b${next}` : next;
  }
  return text;
}

function value(part: Exclude<PhrasePart, string>): string {
  return 'code' in part
    ? inlineCode(part.code)
    : `<t:${Math.floor(Date.parse(part.time) / 1000)}:${part.relative ? 'R' : 'f'}>`;
}

function withCode(text: string): string {
  return middle(text, TEXT_MAX)
    .split(/`([^`\n]+)`/)
    .map((piece, index) => (index % 2 === 1 ? inlineCode(piece) : escapeText(piece)))
    .join('');
}

/** Lines of output as a code block that they can't leave. The last ones are kept. */
export function codeBlock(lines: readonly string[], maxLines: number, maxChars: number): string {
  const kept: string[] = [];
  let left = maxChars;
  for (const raw of lines.slice(-maxLines).reverse()) {
    const line = middle(cleanLine(raw), 200).replace(/`(?=`)/g, '`\u200b');
    if (line.length + 1 > left) break;
    left -= line.length + 1;
    kept.unshift(line);
  }
  return `\`\`\`\n${kept.join('\n')}\n\`\`\``;
}
