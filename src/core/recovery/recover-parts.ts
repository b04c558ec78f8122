import { quietScope } from '../execution/part-context.js';
import { undoPart } from '../execution/put-back.js';
import { recoverPart } from '../execution/recover-part.js';
import { afterStep } from '../execution/steps-wording.js';
import { leftBy } from '../model/left-down.js';
import { type Phrase, phrase } from '../model/phrase.js';
import type { PlanPart } from '../model/plan.js';
import type { Run } from '../model/run.js';
import type { CoreDeps } from '../ports/deps.js';
import type { RecoveryReport } from '../ports/executor.js';
import type { JournalRow } from '../ports/store.js';
import { activeParts, PART_ENDED, partAsRun, partsBeingUndone } from '../records/journal.js';
import { RunLog } from '../records/run-log.js';
import type { RunWrites } from '../records/run-writes.js';

/**
 * Lets the executors tidy up after each part that was under way when a run's process died, and finishes what was
 * being put back. What is offered to be rolled back is kept in the journal, part by part.
 */
export async function recoverParts(deps: CoreDeps, run: Run, writes: RunWrites): Promise<RecoveryReport> {
  const journal = [...writes.journal];
  const scope = quietScope(new RunLog(deps.redactor.text), writes);
  const reports: RecoveryReport[] = [];
  for (const index of activeParts(journal)) {
    const part = partAsRun(run, journal, index);
    if (!part) continue;
    const { report } = await recoverPart(deps, { run, index, part }, scope);
    reports.push(inStep(run, index, report));
  }
  for (const index of partsBeingUndone(journal)) {
    const part = partAsRun(run, journal, index);
    if (part) reports.push(inStep(run, index, await finishUndoing(deps, run, { index, part }, scope)));
  }
  if (reports.length === 0) return { summary: [betweenSteps(run, journal)] };
  const offers = reports.flatMap(({ rollBack }) => (rollBack ? [rollBack] : []));
  const rollBack = offers.flatMap((offer, at): Phrase => (at === 0 ? offer : [' ', ...offer]));
  return {
    summary: reports.flatMap(({ summary }) => summary),
    ...(offers.length > 0 ? { rollBack } : {}),
    ...leftBy(reports),
  };
}

/** What had been done when it died outside of every step. */
function betweenSteps({ plan }: Run, journal: readonly JournalRow[]): Phrase {
  const ends = journal.filter(({ kind }) => kind === PART_ENDED).map(({ data }) => data);
  const good = plan.undoes === undefined ? 'succeeded' : 'rolled_back';
  if (ends.length > 0 && ends.length === plan.parts.length && ends.every((end) => end === good)) {
    return phrase`All that its plan said had been done.`;
  }
  if (ends.at(-1) === 'rolled_back') return phrase`What ran before had been put back.`;
  return phrase`No step was under way.`;
}

interface Place {
  readonly index: number;
  readonly part: PlanPart;
}

/** A part that is half put back is neither one thing nor the other: it is put back in full. */
async function finishUndoing(
  deps: CoreDeps,
  run: Run,
  { index, part }: Place,
  scope: ReturnType<typeof quietScope>,
): Promise<RecoveryReport> {
  const result = await undoPart(deps, { run, index, part }, scope);
  return { summary: result?.summary ?? [], ...leftBy(result ? [result] : []) };
}

/** With the name of the part's step, where it has one. */
function inStep({ plan }: Run, index: number, report: RecoveryReport): RecoveryReport {
  const step = plan.graph?.nodes.find(({ parts }) => parts.includes(index));
  return step ? { ...report, summary: afterStep(step.name, report.summary) } : report;
}
