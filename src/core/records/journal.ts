import type { PlanPart } from '../model/plan.js';
import type { Run } from '../model/run.js';
import type { JournalEntry } from '../ports/executor.js';
import { CHILD, type JournalRow } from '../ports/store.js';

/** Journal kinds of the core's own: which parts were under way when a process died, and what became of them. */
export const PART_STARTED = 'part_started';
/** `data` is how it ended. */
export const PART_ENDED = 'part_ended';
/** A part that had ended is put back, because a later one failed. */
export const UNDO_STARTED = 'undo_started';
/** `data` is how that ended: `rolled_back` when it is as before. */
export const UNDO_ENDED = 'undo_ended';
/** A named step whose condition did not hold; `data` is its name. The row's part is {@link NO_PART}. */
export const STEP_SKIPPED = 'step_skipped';
/** Found while tidying up after a process that died: this part can be put back; `data` says what that does. */
export const ROLL_BACK_OFFERED = 'roll_back_offered';
export const NO_PART = -1;

const OWN = [CHILD, PART_STARTED, PART_ENDED, UNDO_STARTED, UNDO_ENDED, ROLL_BACK_OFFERED] as const;

/** The parts that were under way, in the order of their beginning: started and not ended. */
export function activeParts(journal: readonly JournalRow[]): readonly number[] {
  return openParts(journal, PART_STARTED, PART_ENDED);
}

/** The parts whose putting back was under way. */
export function partsBeingUndone(journal: readonly JournalRow[]): readonly number[] {
  return openParts(journal, UNDO_STARTED, UNDO_ENDED);
}

function openParts(journal: readonly JournalRow[], begin: string, end: string): readonly number[] {
  const ended = new Set(journal.filter(({ kind }) => kind === end).map(({ part }) => part));
  return journal.filter(({ kind, part }) => kind === begin && !ended.has(part)).map(({ part }) => part);
}

/** What the executor itself wrote while it worked on a part. */
export function executorEntries(journal: readonly JournalRow[], part: number): readonly JournalEntry[] {
  return journal.filter((row) => row.part === part && !(OWN as readonly string[]).includes(row.kind));
}

/** The same without what was written while the part was put back: that may have to be done once more. */
export function entriesOfWork(journal: readonly JournalRow[], part: number): readonly JournalEntry[] {
  const undo = journal.findIndex((row) => row.kind === UNDO_STARTED && row.part === part);
  return executorEntries(undo < 0 ? journal : journal.slice(0, undo), part);
}

/** A part as it was run: as the journal keeps it where it was found to be otherwise right before, else as planned. */
export function partAsRun(
  { plan }: Pick<Run, 'plan'>,
  journal: readonly JournalRow[],
  index: number,
): PlanPart | undefined {
  const started = journal.find((row) => row.kind === PART_STARTED && row.part === index)?.data ?? null;
  return started === null ? plan.parts[index] : (started as unknown as PlanPart);
}
