import type { Phrase } from '../model/phrase.js';
import type { PlanPart } from '../model/plan.js';
import type { Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import type { JournalRow } from '../ports/store.js';
import { activeParts, partAsRun, ROLL_BACK_OFFERED } from './journal.js';

type UndoDeps = Pick<CoreDeps, 'store'>;

/** A part that was under way and can be put back. */
interface Offer {
  /** Its place in the interrupted run's plan. */
  readonly index: number;
  readonly part: PlanPart;
  /** What putting it back does. */
  readonly title: Phrase;
}

interface Interrupted {
  readonly id: string;
  readonly journal: readonly JournalRow[];
  /** In the order in which they began. */
  readonly offers: readonly Offer[];
}

/** What can be put back. A roll back that was itself interrupted leads on to the run that it undoes. */
export async function interrupted(store: UndoDeps['store'], runId: string): Promise<Interrupted> {
  const found = await store.runs.get(runId);
  const id = found?.plan.undoes ?? runId;
  const run = await store.runs.get(id);
  const journal = await store.runs.journal(id);
  if (!run?.outcome?.rollBack) throw new Error(`${runId} left nothing to roll back`);
  const offers = titlesOf(run, journal).flatMap(([index, title]): Offer[] => {
    const part = partAsRun(run, journal, index);
    return part ? [{ index, part, title }] : [];
  });
  return { id, journal, offers };
}

/** What was offered for each part; runs of before there were graphs have one such part, and only its outcome tells. */
function titlesOf({ outcome }: Run, journal: readonly JournalRow[]): readonly (readonly [number, Phrase])[] {
  const rows = journal.filter(({ kind }) => kind === ROLL_BACK_OFFERED);
  // Tidying up may have been cut off itself, and have offered the same twice.
  const offered = new Map(rows.map(({ part, data }) => [part, data as unknown as Phrase]));
  if (offered.size > 0) return [...offered];
  const last = activeParts(journal).at(-1);
  return last === undefined || !outcome?.rollBack ? [] : [[last, outcome.rollBack]];
}
