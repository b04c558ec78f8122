import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, PartResult, RunContext } from '../../core/ports/executor.js';
import type { ScaleData } from './data.js';
import { goBack } from './go-back.js';

/** Goes back to the number of before, after a scale that ended well. One that failed has gone back by itself. */
export async function undo(
  { data }: PlanPart<ScaleData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<PartResult | null> {
  const wasBack = journal.some(({ kind }) => kind === 'rolling_back');
  return wasBack ? null : goBack(data, ctx, { reason: 'done', summary: [] });
}
