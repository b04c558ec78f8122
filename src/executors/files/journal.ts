import type { JournalEntry } from '../../core/ports/executor.js';
import type { Finished } from './record.js';

/** What run() notes before it does it; recover() reads how far it came. */
export const JOURNAL = {
  /** The partial file is about to be written. */
  partial: 'partial',
  /** The checked partial is about to get its final name; data: {@link Finished}. */
  finished: 'finished',
  /** The name that was meant is taken: it is about to get this one; data: the path. */
  named: 'named',
  /** The plan's old archives are about to be deleted. */
  retention: 'retention',
} as const;

/** What is known of the finished archive, or null when it was not finished. */
export function finishedOf(journal: readonly JournalEntry[]): Finished | null {
  const entry = journal.find(({ kind }) => kind === JOURNAL.finished);
  return entry ? (entry.data as Finished) : null;
}
