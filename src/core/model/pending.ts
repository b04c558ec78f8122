import type { Phrase } from './phrase.js';

/** What a plan that takes long waits for. */
export interface Waiting {
  /** A command or a path. */
  readonly what: Phrase;
  readonly forMs: number;
}

/** Keeps what was asked and has not answered yet. */
export class Pending {
  readonly #asked = new Set<{ readonly what: Phrase; readonly since: number }>();

  async during<T>(what: Phrase, work: Promise<T>): Promise<T> {
    const one = { what, since: performance.now() };
    this.#asked.add(one);
    try {
      return await work;
    } finally {
      this.#asked.delete(one);
    }
  }

  /** What has been waited for the longest; null: nothing is. */
  oldest(): Waiting | null {
    const [first] = this.#asked;
    return first ? { what: first.what, forMs: performance.now() - first.since } : null;
  }
}
