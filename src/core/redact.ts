/** Shorter values would blot out ordinary words. */
const SHORTEST_SECRET = 4;
const MASK = '••••';

/** Knows the secrets' values and hides them, in every common encoding, in whatever leaves the process. */
export class Redactor {
  readonly #needles = new Set<string>();
  #sorted: readonly string[] = [];
  /** As they stand inside a string of a JSON text. */
  #inJson: readonly string[] = [];
  #shortest = Number.POSITIVE_INFINITY;

  /** Adds a secret's value: as it is, JSON-escaped, URL-encoded, hex, base64 and base64url. */
  add(value: string): void {
    if (value.length < SHORTEST_SECRET) return;
    const bytes = Buffer.from(value);
    const forms = [
      value,
      inJson(value),
      encodeURIComponent(value),
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
    ];
    for (const form of forms) this.#needles.add(form);
    this.#sorted = [...this.#needles].sort((a, b) => b.length - a.length);
    this.#inJson = this.#sorted.map(inJson);
    this.#shortest = this.#sorted.at(-1)?.length ?? Number.POSITIVE_INFINITY;
  }

  /** The text with every known secret masked. */
  readonly text = (text: string): string => {
    // Most texts are shorter than any secret.
    if (text.length < this.#shortest) return text;
    let clean = text;
    for (const needle of this.#sorted) if (clean.includes(needle)) clean = clean.replaceAll(needle, MASK);
    return clean;
  };

  /** A copy of plain data with every string in it redacted. */
  readonly data = <T>(value: T): T => {
    if (typeof value === 'string') return this.text(value) as T;
    if (Array.isArray(value)) return value.map(this.data) as T;
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.data(member)])) as T;
  };

  /** {@link data} as a JSON text. Plain data that holds no secret, as nearly all does, is not copied for it. */
  readonly json = (value: unknown): string => {
    const text = JSON.stringify(value);
    return this.#inJson.some((needle) => text.includes(needle)) ? JSON.stringify(this.data(value)) : text;
  };
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Secrets by name. Values are read at the last moment, by the host. */
export interface Secrets {
  has(name: string): boolean;
  /** Throws when the secret is not set; plans check `has` first. */
  resolve(name: string): string;
}
