import { notPlain, type Plain } from '../model/plain-data.js';
import { Needles } from '../text/needles.js';
import { formsOf, inJson } from './secret-forms.js';

const MASK = '••••';
/** UTF-16 units of one text that people read: longer than the paths that people have, shorter than a screenful. */
const LONGEST_TEXT = 500;

/** A copy of plain data with every known secret masked. */
export type Redact = <T>(value: T & Plain<T>) => T;

/** Told of something that no JSON can be, such as `a Date`, in what was to be redacted. */
type OnForeign = (what: string) => void;

/** Knows the secrets' values and hides them, in every common encoding, in whatever leaves the process. */
export class Redactor {
  readonly #needles = new Needles();
  /** As they stand inside a string of a JSON text. */
  readonly #inJson = new Needles();

  /**
   * @param onForeign told of what isn't plain data; without it that throws. What it is told of is replaced by a word
   * for it, or, like a `Date`, by the JSON that it makes of itself.
   */
  constructor(private readonly onForeign: OnForeign = refuse) {}

  /** Adds a secret's value, to be found in each of its {@link formsOf}. */
  add(value: string): void {
    for (const form of formsOf(value)) {
      this.#needles.add(form);
      this.#inJson.add(inJson(form));
    }
  }

  /** The text with every known secret masked. */
  readonly text = (text: string): string => {
    const spans = this.#needles.find(text);
    if (spans.length === 0) return text;
    let clean = '';
    let from = 0;
    for (const { start, end } of spans) {
      clean += `${text.slice(from, start)}${MASK}`;
      from = end;
    }
    return clean + text.slice(from);
  };

  /** A copy of plain data with every string in it redacted, names of members too. */
  readonly data: Redact = <T>(value: T): T => this.#copy(value) as T;

  /**
   * {@link data} for people to read: what tools said, whole until here, cut to what somebody reads. Nothing is cut before
   * it is redacted, because half a secret is found by nobody.
   */
  readonly told: Redact = <T>(value: T): T => shortened(this.#copy(value)) as T;

  /** {@link data} as a JSON text. Plain data that holds no secret, as nearly all does, is not copied for it. */
  readonly json = (value: unknown): string => {
    const safe = this.#isPlain(value) ? value : this.#copy(value);
    const text = JSON.stringify(safe);
    return this.#inJson.find(text).length > 0 ? JSON.stringify(this.#copy(safe)) : text;
  };

  #copy(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    const foreign = notPlain(value);
    if (foreign !== null) return this.#instead(value, foreign);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((member) => this.#copy(member));
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [this.text(key), this.#copy(member)]),
    );
  }

  /** What is shown instead of something foreign: never its members, which may be anything. */
  #instead(value: unknown, what: string): unknown {
    this.onForeign(what);
    const json: unknown = value instanceof Date ? value.toJSON() : null;
    return typeof json === 'string' ? json : `(${what})`;
  }

  #isPlain(value: unknown): boolean {
    if (typeof value === 'string') return true;
    if (notPlain(value) !== null) return false;
    if (typeof value !== 'object' || value === null) return true;
    // A loop: each answer over HTTP comes through here.
    for (const key in value) if (!this.#isPlain((value as Record<string, unknown>)[key])) return false;
    return true;
  }
}

/** A copy in which no text is longer than a screen. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? cut(value) : value;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]));
}

/** Never cuts a character in two. */
function cut(text: string): string {
  return `${text.slice(0, LONGEST_TEXT)}…`.replace(/\p{Surrogate}/gu, '');
}

function refuse(what: string): never {
  throw new TypeError(`only plain data can be redacted, and this holds ${what}`);
}

/** Secrets by name. Values are read at the last moment, by the host. */
export interface Secrets {
  has(name: string): boolean;
  /** Throws when the secret is not set; plans check `has` first. */
  resolve(name: string): string;
}
