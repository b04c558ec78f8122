import type { PartResult, RunContext } from '../../core/executor.js';
import { formatBytes, formatCount, formatDuration } from '../../core/format.js';
import { code, type Phrase, phrase } from '../../core/phrase.js';
import type { PlanPart } from '../../core/plan.js';
import type { Notice } from '../../core/reasons.js';
import { alreadyThere, diskFull, ended, type Failure, fileFailed, STOPPED } from '../shared/failure.js';
import { shortHash } from '../shared/wording.js';
import { writePartial } from './archive.js';
import { deleteOld } from './clean.js';
import type { FilesData } from './data.js';
import { JOURNAL } from './journal.js';
import { checkFailed, readBack } from './read-back.js';
import { type Finished, recordArchive } from './record.js';
import { STEP } from './steps.js';

/**
 * Makes the archive: write `.partial`, sync, check, sha256, rename, manifest, catalogue; only then delete
 * old ones. Whatever goes wrong before the rename leaves nothing behind, and old archives untouched.
 */
export async function runFiles({ data }: PlanPart<FilesData>, ctx: RunContext): Promise<PartResult> {
  const began = ctx.now();
  const inTheWay = await findInTheWay(data, ctx);
  if (inTheWay) return ended(inTheWay, [NOTHING_DONE]);
  const made = await make(data, began, ctx);
  if (!made.ok) {
    const stateNow = await removePartial(data, ctx);
    // How much is free is only true now that the partial is gone.
    const isFull = made.failure.reason === 'destination_full';
    return ended(isFull ? await diskFull(data, ctx) : made.failure, stateNow);
  }

  if (ctx.signal.aborted) return ended(STOPPED, [...kept(data, made.finished), UNTOUCHED]);
  const cleaning = data.deletions.length > 0;
  if (cleaning) {
    ctx.step(STEP.clean, 'running');
  }
  const { deleted, warnings } = await deleteOld(data, ctx);
  if (cleaning) ctx.step(STEP.clean, warnings.length > 0 ? 'failed' : 'done');
  ctx.remember({
    files: made.finished.files,
    bytes: data.bytes,
    size: made.finished.size,
    mount: data.sourceMount,
  });
  const took = formatDuration(ctx.now().getTime() - began.getTime());
  const amounts = `${formatBytes(data.bytes)} → ${formatBytes(made.finished.size)}`;
  return {
    state: 'succeeded',
    reason: 'done',
    summary: [
      phrase`${amounts} (${formatCount(made.finished.files, 'file')}) in ${took}.`,
      ...kept(data, made.finished),
      ...(cleaning ? [deletedText(deleted, data)] : []),
    ],
    warnings: [...made.warnings, ...warnings],
  };
}

/** Something with the name of this run's files, which is then not this run's to remove. */
export async function findInTheWay(data: FilesData, ctx: RunContext): Promise<Failure | null> {
  for (const path of [data.partial, data.archive]) {
    if ((await ctx.host.stat(path)) !== null) return alreadyThere(path);
  }
  return null;
}

type Made =
  | { readonly ok: true; readonly finished: Finished; readonly warnings: readonly Notice[] }
  | { readonly ok: false; readonly failure: Failure };

async function make(data: FilesData, began: Date, ctx: RunContext): Promise<Made> {
  const { host } = ctx;
  try {
    ctx.step(STEP.copy, 'running');
    await ctx.journal(JOURNAL.partial, data.partial);
    if (data.createsFolder) await host.mkdir(data.destination);
    const written = await writePartial(data, ctx);
    if (!written.ok) return failedAt(STEP.copy, written.failure, ctx);
    await host.sync(data.partial);
    ctx.step(STEP.copy, 'done');

    ctx.step(STEP.check, 'running');
    const checked = await readBack(data, written.stream, ctx);
    if (!checked.ok) return failedAt(STEP.check, checked.failure, ctx);
    const { sha256, size, files } = checked;
    if (files === 0 || files * 2 < data.files) {
      const few = `${files} files inside instead of ${data.files}`;
      return failedAt(STEP.check, checkFailed(data.partial, few), ctx);
    }
    ctx.step(STEP.check, 'done');

    ctx.step(STEP.record, 'running');
    const finished = { sha256, size, files, createdAt: began.toISOString() };
    await ctx.note(JOURNAL.finished, finished);
    await host.rename(data.partial, data.archive);
    const warnings = await recordArchive(data, finished, ctx);
    ctx.step(STEP.record, 'done');
    return { ok: true, finished, warnings: [...written.warnings, ...warnings] };
  } catch (error) {
    return { ok: false, failure: await fileFailed(error, data, ctx) };
  }
}

function failedAt(step: number, failure: Failure, ctx: RunContext): Made {
  ctx.step(step, 'failed');
  return { ok: false, failure };
}

export const NOTHING_DONE = phrase`Nothing was written or deleted.`;
export const UNTOUCHED = phrase`The old archives are untouched.`;

export function kept(data: FilesData, { sha256 }: Finished): readonly Phrase[] {
  return [phrase`${code(data.archive)}, checked, sha256 ${code(shortHash(sha256))}.`];
}

export function deletedText(deleted: number, { deletions, kept }: FilesData): Phrase {
  const stay = kept + deletions.length - deleted;
  return phrase`${formatCount(deleted, 'old archive')} deleted, ${stay} kept.`;
}

/** Says truthfully what is there after a failure. */
export async function removePartial(data: FilesData, ctx: RunContext): Promise<readonly Phrase[]> {
  try {
    await ctx.host.remove(data.partial);
  } catch (error) {
    const { message } = await fileFailed(error, data, ctx);
    return [phrase`The partial file ${code(data.partial)} could not be removed: ${message}`, UNTOUCHED];
  }
  return [phrase`Nothing half-done is left: the partial file is gone, the old archives are untouched.`];
}
