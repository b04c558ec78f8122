import { code, type Phrase, phrase } from '../../../core/model/phrase.js';

/** Values as somebody typed them: `album=summer days=30`. */
export interface ParamText {
  readonly values: Readonly<Record<string, string>>;
  /** Names that stand there without a value. */
  readonly open: readonly string[];
}

export type ReadParamText =
  | ({ readonly ok: true } & ParamText)
  | { readonly ok: false; readonly why: Phrase };

/** A name and `=`. Names are in lower case; a phone's keyboard begins with an upper one. */
const NAME = /([A-Za-z][A-Za-z0-9_]{0,31})=/y;
/** Where an unquoted value ends: at the next name, or at the end. */
const NEXT = /\s+(?=[A-Za-z][A-Za-z0-9_]{0,31}=)|\s*$/g;
/** Phones turn straight quotes into curly ones. */
const OPENS = /["“”„]/;
const CLOSES = /["“”](?=\s|$)/g;

/**
 * Reads `name=value` pairs. A value reaches to the next name, so it may hold spaces; one that holds something
 * like another name stands in quotes.
 */
export function readParamText(text: string): ReadParamText {
  const values = new Map<string, string>();
  const open: string[] = [];
  for (let at = skipBlanks(text, 0); at < text.length; ) {
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[1]?.toLowerCase();
    if (name === undefined)
      return { ok: false, why: phrase`${code(wordAt(text, at))} has no name before it.` };
    if (values.has(name) || open.includes(name))
      return { ok: false, why: phrase`${code(name)} is there twice.` };
    const value = valueAt(text, NAME.lastIndex);
    if (value === null) return { ok: false, why: phrase`The quotes of ${code(name)} are not closed.` };
    if (value.text === '') open.push(name);
    else values.set(name, value.text);
    at = skipBlanks(text, value.end);
  }
  return { ok: true, values: Object.fromEntries(values), open };
}

/** The same as text, one after the other, as {@link readParamText} reads it. */
export function writeParamText(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(String(value))}`)
    .join(' ');
}

/** A value as it may stand behind its name. */
export function quoted(value: string): string {
  const plain = valueAt(`${value} a=`, 0);
  return plain?.text === value && !OPENS.test(value.charAt(0)) ? value : `"${value}"`;
}

function valueAt(text: string, from: number): { text: string; end: number } | null {
  if (!OPENS.test(text.charAt(from))) {
    const end = indexOf(NEXT, text, from) ?? text.length;
    return { text: text.slice(from, end), end };
  }
  const end = indexOf(CLOSES, text, from + 1);
  return end === null ? null : { text: text.slice(from + 1, end), end: end + 1 };
}

function indexOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? null;
}

function skipBlanks(text: string, from: number): number {
  return indexOf(/\S/g, text, from) ?? text.length;
}

function wordAt(text: string, at: number): string {
  return text.slice(at).split(/\s/, 1)[0]?.slice(0, 60) ?? '';
}
