import { type Kept, keptReader } from './kept.js';

/** What a run really did, counted from what rsync says while it does it. Sizes are bytes. */
export interface Tally {
  copied: number;
  copiedBytes: number;
  /** Gone from the source before they were sent. */
  vanished: number;
  /** As rsync prints them; folders with a slash at the end. */
  readonly deleted: string[];
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

export function newTally(destination: string): Tally {
  return { copied: 0, copiedBytes: 0, vanished: 0, deleted: [], kept: keptReader(destination), found: null };
}
