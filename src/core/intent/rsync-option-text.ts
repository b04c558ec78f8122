import { FORMS } from './rsync-option-table.js';

/** One option as it was meant, and which entry of the list it begins at; null: `options` is one text. */
export interface Entry {
  readonly text: string;
  readonly index: number | null;
}

/** Options whose value may have commas, at which a list in brackets ends an entry. */
const WITH_COMMAS = /^--(?:chmod|info|out-format|log-format|outbuf)=/;

/**
 * What somebody pasted, option by option: `[--chmod=D755,F644]` is one option, and `-a --delete --bwlimit=20M` as one text
 * are three.
 */
export function optionEntries(options: string | readonly string[]): readonly Entry[] {
  if (typeof options === 'string') return wordsOf(options).map((text) => ({ text, index: null }));
  const entries: { text: string; index: number }[] = [];
  for (const [index, text] of options.entries()) {
    const last = entries.at(-1);
    const isRest = last !== undefined && WITH_COMMAS.test(last.text) && !text.startsWith('-');
    if (isRest) last.text = `${last.text},${text}`;
    else entries.push({ text, index });
  }
  return entries;
}

/** A line's words as a shell splits them, without anything that a shell would replace. */
const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;

/** An option and its value that are two words become one entry again: `--exclude '*.tmp'`, `-e 'ssh -p 22'`. */
function wordsOf(line: string): readonly string[] {
  const words = (line.match(WORD) ?? []).map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  const [first = line, ...rest] = words;
  const joined = [first];
  for (const word of rest) {
    const last = joined.at(-1) ?? '';
    if (word.startsWith('-')) joined.push(word);
    else joined[joined.length - 1] = `${last}${Object.hasOwn(FORMS, last) ? '=' : ' '}${word}`;
  }
  return joined;
}
