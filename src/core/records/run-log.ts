const LONGEST_LINE = 4096;
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 960 * 1024;

/** What a run's commands said, bounded to about 1 MiB: its beginning and its end; the middle is counted. */
export class RunLog {
  readonly #head: string[] = [];
  readonly #tail: string[] = [];
  #headSize = 0;
  #tailSize = 0;
  #dropped = 0;
  /** True when lines were added since {@link text} was last read. */
  changed = false;

  constructor(private readonly redact: (text: string) => string) {}

  /** Keeps the line, and returns it as it may be shown: redacted, then cut. */
  add(line: string): string {
    const clean = this.redact(line);
    const short = clean.length > LONGEST_LINE ? `${clean.slice(0, LONGEST_LINE)}… (line cut)` : clean;
    this.changed = true;
    if (this.#headSize + short.length <= HEAD_BYTES && this.#tail.length === 0) {
      this.#head.push(short);
      this.#headSize += short.length + 1;
      return short;
    }
    this.#tail.push(short);
    this.#tailSize += short.length + 1;
    while (this.#tailSize > TAIL_BYTES) {
      this.#tailSize -= (this.#tail.shift()?.length ?? 0) + 1;
      this.#dropped += 1;
    }
    return short;
  }

  text(): string {
    this.changed = false;
    const gap = this.#dropped > 0 ? [`… ${this.#dropped} lines left out …`] : [];
    return [...this.#head, ...gap, ...this.#tail].map((line) => `${line}\n`).join('');
  }

  /** The last lines, for an outcome. */
  last(count: number): readonly string[] {
    return [...this.#head, ...this.#tail].slice(-count);
  }
}
