import type { CallFault, Fault, RowFault } from './executor/fault.js';

/** What a fault is on and how it goes wrong: `call hang`. */
export type FaultKind = `call ${CallFault}` | `row ${RowFault}`;

/** One of each kind, always the same for a seed. */
export function sample(
  faults: readonly Fault[],
  kinds: readonly FaultKind[],
  seed: number,
): readonly Fault[] {
  const all = shuffled(faults, seed);
  return kinds.map((kind) => {
    const fault = all.find((one) => one.on !== 'nothing' && `${one.on} ${one.how}` === kind);
    if (fault === undefined) throw new Error(`there is no ${kind}`);
    return fault;
  });
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
