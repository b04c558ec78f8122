import { randomOf } from '../../../tests/contracts/choose.js';

/** Random choices that are always the same for a seed. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  /** A whole number from 0 up to `end`, which is not one of them. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(all: readonly T[]): T {
    const one = all[this.below(all.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }

  /** At most `count` of them, each once. */
  some<T>(all: readonly T[], count: number): readonly T[] {
    const rest = [...all];
    return Array.from({ length: Math.min(count, rest.length) }, () =>
      rest.splice(this.below(rest.length), 1),
    ).flat();
  }

  /** Bytes that no compressor makes smaller. */
  bytes(count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count);
    let state = this.below(0x7fffffff) | 1;
    for (let at = 0; at + 4 <= count; at += 4) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes.writeInt32LE(state, at);
    }
    return bytes.fill(state & 255, count - (count % 4));
  }
}
