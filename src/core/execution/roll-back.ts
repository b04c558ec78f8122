import type { PlanPart } from '../model/plan.js';
import type { CoreDeps } from '../ports/deps.js';
import type { Executor, PartResult, RunContext } from '../ports/executor.js';
import { interrupted } from '../records/interrupted.js';
import { executorEntries } from '../records/journal.js';

type UndoDeps = Pick<CoreDeps, 'store'>;

/** A part of the plan of a run that rolls back. */
interface UndoPart {
  readonly executor: Executor;
  readonly part: PlanPart;
  /** Its place in that plan. */
  readonly index: number;
}

/** Lets the executor put back a part, with the journal of the run that was interrupted. */
export async function rollBack(
  { store }: UndoDeps,
  undoes: string,
  { executor, part, index }: UndoPart,
  context: RunContext,
): Promise<PartResult> {
  const { journal, offers } = await interrupted(store, undoes);
  const offer = offers[index];
  if (!offer) throw new Error(`${undoes} left nothing like this to roll back`);
  if (!executor.rollBack) throw new Error(`${executor.kind} offered a roll back that it does not have`);
  context.step(0, 'running');
  return executor.rollBack(part, executorEntries(journal, offer.index), context);
}
