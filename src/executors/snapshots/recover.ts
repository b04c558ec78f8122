import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { MANIFEST_SUFFIX } from '../files/data.js';
import { JOURNAL } from '../files/journal.js';
import type { SnapshotData } from './data.js';
import { asNamed } from './free-name.js';
import { deletingOf } from './names.js';
import { FINISHED, type Finished, recordSnapshot } from './record.js';
import { UNTOUCHED } from './result.js';
import { removeTree } from './tree.js';

/**
 * Tidies up after a process that died. The journaled partial is removed. A snapshot that had its final name was checked
 * before, so it is kept, and gets the manifest and the catalogue's row that it may lack. A deletion that was under way
 * is finished; none is begun.
 */
export async function recoverSnapshot(
  part: PlanPart<SnapshotData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  if (!journal.some(({ kind }) => kind === JOURNAL.partial)) {
    return { summary: [phrase`Nothing had been written yet.`] };
  }
  const data = asNamed(part.data, journal);
  const hadPartial = (await ctx.host.stat(data.partial)) !== null;
  const left = await removeTree(ctx.host, data.partial);
  const isThere = (await ctx.host.stat(data.snapshot))?.type === 'directory';
  const finished = finishedOf(journal) ?? (isThere ? await finishedByManifest(data, ctx) : null);
  if (isThere && finished !== null) {
    await recordSnapshot(data, finished, ctx);
    const kept = phrase`The new snapshot ${code(data.snapshot)} was complete and checked; it is kept.`;
    return { summary: [kept, ...(await finishDeletions(data, journal, ctx))] };
  }
  if (isThere) {
    const unknown = phrase`The new snapshot ${code(data.snapshot)} was checked and is kept; the catalogue doesn’t have it.`;
    return { summary: [unknown, UNTOUCHED] };
  }
  const gone =
    left === null
      ? phrase`${hadPartial ? 'The partial folder is removed.' : 'No partial folder was left.'}`
      : phrase`The partial folder ${code(data.partial)} could not be removed: ${code(left)}.`;
  return { summary: [gone, phrase`No new snapshot was made; the old snapshots are untouched.`] };
}

function finishedOf(journal: readonly JournalEntry[]): Finished | null {
  const entry = journal.find(({ kind }) => kind === JOURNAL.finished);
  return entry ? (entry.data as Finished) : null;
}

/** Where the journal could not be written in time: nothing but this run gives a snapshot its name, once it is checked. */
async function finishedByManifest(data: SnapshotData, ctx: RunContext): Promise<Finished | null> {
  try {
    const text = JSON.parse(await ctx.host.readText(data.snapshot + MANIFEST_SUFFIX)) as { run?: unknown };
    return text.run === ctx.runId ? FINISHED.parse(text) : null;
  } catch {
    return null;
  }
}

async function finishDeletions(
  { deletions }: SnapshotData,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  if (deletions.length === 0) return [];
  if (!journal.some(({ kind }) => kind === JOURNAL.retention)) return [UNTOUCHED];
  const { host } = ctx;
  let deleted = 0;
  const notRemoved: Phrase[] = [];
  for (const { archive: snapshot, manifest } of deletions) {
    const left = await removeTree(host, deletingOf(snapshot));
    if (left !== null) {
      notRemoved.push(phrase`${code(deletingOf(snapshot))} could not be removed: ${code(left)}.`);
    }
    if (await host.stat(snapshot)) continue;
    if (manifest !== null) await host.remove(manifest);
    await ctx.artifactDeleted(snapshot);
    deleted += 1;
  }
  const count = `${deleted} of ${deletions.length} old snapshots`;
  return [phrase`${count} had been deleted; the others stay.`, ...notRemoved];
}
