import { phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import type { MirrorData } from './data.js';
import { addMirror, INCOMPLETE, JOURNAL } from './incomplete.js';
import { removeProbe } from './probe.js';
import { MAYBE_DELETED } from './result.js';
import { newTally } from './tally.js';

/**
 * After a process died there is only the scratch folder to remove: rsync keeps what it copied in place, and cut-off files
 * apart. What is left to do is to say so, also in the catalogue.
 */
export async function recoverMirror(
  { data }: PlanPart<MirrorData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  const begun = (kind: string): boolean => journal.some((entry) => entry.kind === kind);
  const left = data.probe !== null && begun(JOURNAL.probe) ? await removeProbe(data, data.probe, ctx) : [];
  if (!begun(JOURNAL.copy))
    return { summary: [phrase`Nothing had been copied yet.`, ...left.map(({ message }) => message)] };
  await addMirror(data, newTally(data.destination), 'none', ctx);
  const mayHaveDeleted = begun(JOURNAL.remove) || data.inTheWay.length + data.replaced.length > 0;
  const deletions = mayHaveDeleted ? MAYBE_DELETED : phrase`Nothing was deleted.`;
  return { summary: [INCOMPLETE, deletions, ...left.map(({ message }) => message)] };
}
