import type { JournalEntry } from './executor.js';
import { CHILD, type JournalRow } from './store.js';

/** Journal kinds of the core's own: which part was under way when a process died. */
export const PART_STARTED = 'part_started';
export const PART_ENDED = 'part_ended';

/** The part that was under way: started and not ended. */
export function activePart(journal: readonly JournalRow[]): number | null {
  const ended = new Set(journal.filter((row) => row.kind === PART_ENDED).map((row) => row.part));
  const started = journal.filter((row) => row.kind === PART_STARTED && !ended.has(row.part));
  return started.at(-1)?.part ?? null;
}

/** What the executor itself wrote while it worked on a part. */
export function executorEntries(journal: readonly JournalRow[], part: number): readonly JournalEntry[] {
  return journal.filter((row) => row.part === part && ![CHILD, PART_STARTED, PART_ENDED].includes(row.kind));
}
