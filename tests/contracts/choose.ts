import type { Fault } from './executor/fault.js';

/** `count` of them, always the same for a seed, spread over all kinds: calls and rows, and each way to go wrong. */
export function sample(faults: readonly Fault[], count: number, seed: number): readonly Fault[] {
  const kinds = new Map<string, Fault[]>();
  for (const fault of shuffled(faults, seed)) {
    const kind = fault.on === 'nothing' ? '' : `${fault.on} ${fault.how}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
  }
  const chosen: Fault[] = [];
  for (let turn = 0; chosen.length < Math.min(count, faults.length); turn += 1) {
    for (const all of kinds.values()) {
      const fault = all[turn];
      if (fault && chosen.length < count) chosen.push(fault);
    }
  }
  return chosen;
}

/** In an order that depends on the seed alone (Fisher and Yates; numbers by mulberry32). */
export function shuffled<T>(all: readonly T[], seed: number): readonly T[] {
  const rest = [...all];
  const random = randomOf(seed);
  return all.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}

/** Numbers from 0 up to 1, always the same for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
