import { type Kept, keptReader } from './kept.js';
import type { Item } from './listing.js';

/** What a run really did, counted from what rsync says while it does it. Sizes are bytes. */
export interface Tally {
  copied: number;
  copiedBytes: number;
  /** Gone from the source before they were sent. */
  vanished: number;
  /** As rsync prints them; folders with a slash at the end. */
  readonly deleted: string[];
  /** Files that were sent, with size and time as they were then ({@link stateOf}); the first ones of very many. */
  readonly sent: Map<string, string>;
  /** What the destination did not keep, and what was left out. */
  readonly kept: Kept;
  /** What the last look found; null before it. */
  found: Found | null;
}

/** What a comparison of source and destination after the copy found. Folders are not counted. */
export interface Found {
  /** What the source has now. */
  readonly files: number;
  /** Of these, what the destination has just like it. */
  readonly equal: number;
  readonly equalBytes: number;
}

/** So many are remembered, which takes some 30 MiB. */
const MOST_SENT = 200_000;

/** By these rsync tells whether a file is the same. */
export function stateOf({ size, time }: Pick<Item, 'size' | 'time'>): string {
  return `${size} ${time}`;
}

/** Was nothing of it sent, as far as that is remembered? */
export function wasNotSent({ sent }: Tally, { name }: Item): boolean {
  return sent.size < MOST_SENT && !sent.has(name);
}

/** Remembers a file that was sent. */
export function noteSent({ sent }: Tally, item: Item): void {
  if (item.type === 'f' && sent.size < MOST_SENT) sent.set(item.name, stateOf(item));
}

export function newTally(destination: string): Tally {
  return {
    copied: 0,
    copiedBytes: 0,
    vanished: 0,
    deleted: [],
    sent: new Map(),
    kept: keptReader(destination),
    found: null,
  };
}
