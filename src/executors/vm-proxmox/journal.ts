import type { JournalEntry } from '../../core/ports/executor.js';

/** What run() notes before it does it; recover() reads how far it came. */
export const JOURNAL = {
  /** The backup is about to be asked for; data: {@link Before}. */
  asked: 'asked',
  /** Proxmox has started a task; data: its UPID. */
  task: 'task',
  /** The new backup was seen and is in the catalogue; data: its volume id. */
  recorded: 'recorded',
  /** It was seen, and is in the catalogue as not verified; data: its volume id. */
  doubted: 'doubted',
  /** The plan's old backups are about to be deleted. */
  cleaning: 'cleaning',
} as const;

/** The guest's backups before, so that the new one can be told apart. */
export type Before = {
  readonly node: string | null;
  readonly volids: readonly string[];
  /** When it was asked for, by this machine's clock (ISO 8601); missing in journals of before it was noted. */
  readonly at?: string;
};

/** What the journal says about how far a run came. */
export interface Progress {
  readonly before: Before | null;
  readonly upid: string | null;
  readonly recorded: string | null;
  readonly doubted: string | null;
  readonly cleaning: boolean;
}

export function readJournal(journal: readonly JournalEntry[]): Progress {
  const dataOf = (kind: string) => journal.findLast((entry) => entry.kind === kind)?.data ?? null;
  return {
    before: dataOf(JOURNAL.asked) as Before | null,
    upid: dataOf(JOURNAL.task) as string | null,
    recorded: dataOf(JOURNAL.recorded) as string | null,
    doubted: dataOf(JOURNAL.doubted) as string | null,
    cleaning: journal.some(({ kind }) => kind === JOURNAL.cleaning),
  };
}
