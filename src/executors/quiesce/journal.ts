import type { JournalEntry } from '../../core/ports/executor.js';

/** Journaled before a container is touched, when it is stopped or paused, and when it is back. */
export const HELD = 'container_held';
export const SETTLED = 'container_settled';
export const RELEASED = 'container_released';

/** How a container is put back as it was. */
export type Held = {
  readonly id: string;
  readonly name: string;
  readonly hold: 'stop' | 'pause';
  /** When it was touched: milliseconds since 1970. */
  readonly at: number;
  readonly stopSeconds: number;
};

/** The containers that a dead run had touched and not put back, the last one first: the order in which they go back. */
export function heldBy(journal: readonly JournalEntry[]): readonly Held[] {
  const held = journal.filter(({ kind }) => kind === HELD).map(({ data }) => data as Held);
  const released = journal.filter(({ kind }) => kind === RELEASED).map(({ data }) => data);
  return held.filter((one) => !released.some((data) => isOf(data, one))).reverse();
}

/** Version 1 held one container at most, and did not name it. */
export function isOf(data: JournalEntry['data'], { id }: Held): boolean {
  return data === null || (data as { readonly id?: string }).id === id;
}
