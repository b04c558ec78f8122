import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { asNamed } from '../files/free-name.js';
import { recoverFiles } from '../files/recover.js';
import { putBackHeld } from '../quiesce/recover.js';
import type { QuiesceTimes } from '../quiesce/times.js';
import type { PlexData } from './data.js';
import { removeScratch } from './scratch.js';

/** After a process that died: first the container is put back as it was, then the files are tidied up. */
export async function recoverPlex(
  times: QuiesceTimes,
  part: PlanPart<PlexData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  const containers = await putBackHeld(journal, times, ctx);
  const data = asNamed(part.data, journal);
  await removeScratch(data, ctx);
  // Where version 1 opened databases.
  for (const suffix of ['', '-wal', '-journal', '-shm']) await ctx.host.remove(`${data.partial}.db${suffix}`);
  const files = await recoverFiles(part, journal, ctx);
  return { summary: [...containers, ...files.summary] };
}
