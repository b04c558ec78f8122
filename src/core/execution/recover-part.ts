import { phrase } from '../model/phrase.js';
import type { Json } from '../model/plan.js';
import type { RecoveryReport } from '../ports/executor.js';
import { otherVersionWords, readPart } from '../ports/plan-data.js';
import { executorEntries, ROLL_BACK_OFFERED } from '../records/journal.js';
import { contextFor, type PartDeps, type PartOfRun, type quietScope } from './part-context.js';

/** What an executor found and put right after a part that was cut off. */
export interface Recovered {
  readonly report: RecoveryReport;
  /** False: it failed at that, and people have to look. */
  readonly isTidy: boolean;
}

/**
 * Lets the executor tidy up after a part that was cut off, and keeps in the journal what it offers to roll back.
 * Never rejects.
 */
export async function recoverPart(
  deps: PartDeps,
  of: PartOfRun,
  scope: ReturnType<typeof quietScope>,
): Promise<Recovered> {
  const { run, index, part } = of;
  const executor = deps.executors.get(part.kind);
  if (!executor) return { report: { summary: [phrase`No step was under way.`] }, isTidy: true };
  const title = part.steps[0]?.title;
  if (run.plan.undoes !== undefined && title) {
    return {
      report: { summary: [phrase`Rolling back was not finished.`], rollBack: title },
      isTidy: true,
    };
  }
  try {
    const readable = await readPart(deps, part);
    if (!readable) return { report: { summary: [otherVersionWords(part)] }, isTidy: false };
    const { context } = contextFor(deps, of, scope);
    const report = await executor.recover(readable, executorEntries(scope.writes.journal, index), context);
    if (report.rollBack) await context.note(ROLL_BACK_OFFERED, report.rollBack as unknown as Json);
    return { report, isTidy: true };
  } catch (error) {
    deps.log.error({ err: error, runId: run.id }, 'tidying up failed');
    const summary = [
      phrase`Tidying up failed: look at what the plan’s steps name, and put it right by hand.`,
    ];
    return { report: { summary }, isTidy: false };
  }
}
