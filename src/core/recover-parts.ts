import type { CoreDeps } from './deps.js';
import type { RecoveryReport } from './executor.js';
import { undoPart } from './graph/put-back.js';
import { afterStep } from './graph/wording.js';
import { activeParts, executorEntries, partAsRun, partsBeingUndone, ROLL_BACK_OFFERED } from './journal.js';
import { leftBy } from './left-down.js';
import { contextFor, quietScope } from './part-run.js';
import { type Phrase, phrase } from './phrase.js';
import type { Json, PlanPart } from './plan.js';
import type { Run } from './run.js';
import { RunLog } from './run-log.js';
import type { RunWrites } from './run-writes.js';

/**
 * Lets the executors tidy up after each part that was under way when a run's process died, and finishes what was
 * being put back. What is offered to be rolled back is kept in the journal, part by part.
 */
export async function recoverParts(deps: CoreDeps, run: Run, writes: RunWrites): Promise<RecoveryReport> {
  const journal = [...writes.journal];
  const reports: RecoveryReport[] = [];
  for (const index of activeParts(journal)) {
    const part = partAsRun(run, journal, index);
    if (part) reports.push(inStep(run, index, await recoverPart(deps, run, { index, part }, writes)));
  }
  for (const index of partsBeingUndone(journal)) {
    const part = partAsRun(run, journal, index);
    if (part) reports.push(inStep(run, index, await finishUndoing(deps, run, { index, part }, writes)));
  }
  if (reports.length === 0) return { summary: [phrase`No step was under way.`] };
  const offers = reports.flatMap(({ rollBack }) => (rollBack ? [rollBack] : []));
  const rollBack = offers.flatMap((offer, at): Phrase => (at === 0 ? offer : [' ', ...offer]));
  return {
    summary: reports.flatMap(({ summary }) => summary),
    ...(offers.length > 0 ? { rollBack } : {}),
    ...leftBy(reports),
  };
}

interface Place {
  readonly index: number;
  readonly part: PlanPart;
}

async function recoverPart(
  deps: CoreDeps,
  run: Run,
  { index, part }: Place,
  writes: RunWrites,
): Promise<RecoveryReport> {
  const executor = deps.executors.get(part.kind);
  if (!executor) return { summary: [phrase`No step was under way.`] };
  const title = part.steps[0]?.title;
  if (run.plan.undoes !== undefined && title) {
    return { summary: [phrase`Rolling back was not finished.`], rollBack: title };
  }
  const scope = quietScope(new RunLog(deps.redactor.text), writes);
  const context = contextFor(deps, { run, index, part }, scope);
  try {
    const report = await executor.recover(part, executorEntries(writes.journal, index), context);
    if (report.rollBack) await context.note(ROLL_BACK_OFFERED, report.rollBack as unknown as Json);
    return report;
  } catch (error) {
    deps.log.error({ err: error, runId: run.id }, 'tidying up failed');
    return {
      summary: [phrase`Tidying up failed: look at what the plan’s steps name, and put it right by hand.`],
    };
  }
}

/** A part that is half put back is neither one thing nor the other: it is put back in full. */
async function finishUndoing(
  deps: CoreDeps,
  run: Run,
  { index, part }: Place,
  writes: RunWrites,
): Promise<RecoveryReport> {
  const scope = quietScope(new RunLog(deps.redactor.text), writes);
  const result = await undoPart(deps, { run, index, part }, scope);
  return { summary: result?.summary ?? [], ...leftBy(result ? [result] : []) };
}

/** With the name of the part's step, where it has one. */
function inStep({ plan }: Run, index: number, report: RecoveryReport): RecoveryReport {
  const step = plan.graph?.nodes.find(({ parts }) => parts.includes(index));
  return step ? { ...report, summary: afterStep(step.name, report.summary) } : report;
}
