/** Characters that are hashed together. */
const GRAM = 3;
/** No needle is shorter. */
const SHORTEST = 4;
const LONGEST_STRIDE = 64;
const BUCKETS = 2 ** 16;

/** A part of a text: from `start` up to, but not including, `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds many needles in one pass that looks at few of a text's characters (the algorithm of Wu and Manber): a table
 * says for each three characters how far ahead the next needle can begin.
 */
export class Needles {
  readonly #all = new Set<string>();
  #table: Table | null = null;

  add(needle: string): void {
    if (needle.length < SHORTEST || this.#all.has(needle)) return;
    this.#all.add(needle);
    this.#table = null;
  }

  /** Where needles stand, in their order; those that overlap or touch are one. */
  find(text: string): readonly Span[] {
    const spans: { start: number; end: number }[] = [];
    if (this.#all.size === 0) return spans;
    this.#table ??= tableOf(this.#all);
    const { stride, skips, ending } = this.#table;
    let at = stride - 1;
    while (at < text.length) {
      const hash = hashAt(text, at);
      const skip = skips[hash] ?? 0;
      at += skip;
      if (skip > 0) continue;
      const start = at - stride + 1;
      const needle = ending.get(hash)?.find((each) => text.startsWith(each, start));
      if (needle !== undefined) append(spans, start, start + needle.length);
      at += 1;
    }
    return spans;
  }
}

interface Table {
  /** Only so many characters of each needle are looked at first: as many as the shortest has. */
  readonly stride: number;
  /** By the hash of three characters: how far the next three to look at are. 0: a needle's stride can end here. */
  readonly skips: Uint8Array;
  /** Needles by the last three characters of their stride, longer ones first. */
  readonly ending: ReadonlyMap<number, readonly string[]>;
}

function tableOf(all: ReadonlySet<string>): Table {
  const needles = [...all].sort((a, b) => b.length - a.length);
  const stride = Math.min(LONGEST_STRIDE, needles.at(-1)?.length ?? SHORTEST);
  const skips = new Uint8Array(BUCKETS).fill(stride - GRAM + 1);
  const ending = new Map<number, string[]>();
  for (const needle of needles) {
    for (let at = GRAM - 1; at < stride; at += 1) {
      const hash = hashAt(needle, at);
      skips[hash] = Math.min(skips[hash] ?? 0, stride - 1 - at);
    }
    const last = hashAt(needle, stride - 1);
    ending.set(last, [...(ending.get(last) ?? []), needle]);
  }
  return { stride, skips, ending };
}

/** Of the three characters that end here. */
function hashAt(text: string, at: number): number {
  const [a, b, c] = [text.charCodeAt(at - 2), text.charCodeAt(at - 1), text.charCodeAt(at)];
  return ((a << 10) ^ (b << 5) ^ c) & (BUCKETS - 1);
}

function append(spans: { start: number; end: number }[], start: number, end: number): void {
  const last = spans.at(-1);
  if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
  else spans.push({ start, end });
}
