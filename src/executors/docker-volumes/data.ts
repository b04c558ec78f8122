/** What plan() hands to run() and recover(). Sizes are bytes; paths as rsync prints them (see names.ts). */
export type MirrorData = {
  readonly source: string;
  readonly destination: string;
  readonly passwordSecret: string | null;
  /** Deleted by the copy itself: they lie where the source has something that is no folder any more. */
  readonly inTheWay: readonly string[];
  /** Deleted after copying. */
  readonly deletions: readonly string[];
  /** Folders that stay, because they hold excluded files, but are gone from the source. */
  readonly passages: readonly string[];
  readonly copy: readonly string[];
  readonly sync: readonly string[];
  readonly remove: readonly string[];
  readonly check: readonly string[];
  readonly files: number;
  readonly totalBytes: number;
  readonly transfers: number;
  readonly transferBytes: number;
  readonly neededBytes: number;
  readonly sourceMount: string | null;
};
