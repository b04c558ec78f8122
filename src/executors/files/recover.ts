import * as z from 'zod';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { JournalEntry, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { type FilesData, MANIFEST_SUFFIX } from './data.js';
import { asNamed } from './free-name.js';
import { finishedOf, JOURNAL } from './journal.js';
import { type Finished, recordArchive } from './record.js';

/**
 * Tidies up after a process that died. The journaled partial is removed. An archive that had its final name
 * was checked before, so it is kept, and gets the manifest and the catalogue's row that it may lack.
 * Deletions that were begun are noted in the catalogue, and none is made.
 */
export async function recoverFiles(
  part: PlanPart<FilesData>,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<RecoveryReport> {
  if (!journal.some(({ kind }) => kind === JOURNAL.partial)) {
    return { summary: [phrase`Nothing had been written yet.`] };
  }
  const data = asNamed(part.data, journal);
  const removed = await ctx.host.remove(data.partial);
  const there = await ctx.host.stat(data.archive);
  const finished = finishedOf(journal) ?? (there === null ? null : await finishedByManifest(data, ctx));
  if (there !== null && finished === null) {
    const unknown = phrase`The new archive ${code(data.archive)} was checked and is kept; the catalogue doesn’t have it.`;
    return { summary: [unknown, phrase`The old archives are untouched.`] };
  }
  if (finished === null || there?.size !== finished.size) {
    const gone = removed ? phrase`The partial file is removed.` : phrase`No partial file was left.`;
    return { summary: [gone, phrase`No new backup was made; the old archives are untouched.`] };
  }
  await recordArchive(data, finished, ctx);
  const kept = phrase`The new archive ${code(data.archive)} was complete and checked; it is kept.`;
  return { summary: [kept, ...(await noteDeletions(data, journal, ctx))] };
}

/**
 * What the manifest beside the archive says, where the journal could not be written in time: nothing but this run
 * gives an archive its name, and it does so once the archive is checked.
 */
async function finishedByManifest(data: FilesData, ctx: RunContext): Promise<Finished | null> {
  try {
    const manifest = Manifest.parse(JSON.parse(await ctx.host.readText(data.archive + MANIFEST_SUFFIX)));
    return manifest.run === ctx.runId ? manifest : null;
  } catch {
    return null;
  }
}

const Manifest = z.object({
  run: z.string(),
  sha256: z.string(),
  size: z.number(),
  files: z.number(),
  createdAt: z.string(),
});

async function noteDeletions(
  data: FilesData,
  journal: readonly JournalEntry[],
  ctx: RunContext,
): Promise<readonly Phrase[]> {
  if (data.deletions.length === 0) return [];
  if (!journal.some(({ kind }) => kind === JOURNAL.retention)) {
    return [phrase`The old archives are untouched.`];
  }
  let deleted = 0;
  for (const { archive, manifest } of data.deletions) {
    if (await ctx.host.stat(archive)) continue;
    if (manifest !== null) await ctx.host.remove(manifest);
    await ctx.artifactDeleted(archive);
    deleted += 1;
  }
  return [phrase`${deleted} of ${data.deletions.length} old archives had been deleted; the others stay.`];
}
