import type { Level } from '../../core/model/artifact.js';
import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { formatBytes, formatCount, formatDuration } from '../../core/text/format.js';
import type { Around } from '../quiesce/around.js';
import { WAY_OUT } from '../quiesce/held-run.js';
import { liveData } from '../quiesce/live.js';
import { heldEnd, heldText, heldWarnings } from '../quiesce/words.js';
import { type DiskWatch, leftElsewhere, watchDisk } from '../shared/disk.js';
import { diskFull, ended, type Failure, fileFailed, STOPPED } from '../shared/failure.js';
import { mountFacts, watchMounts } from '../shared/source-mounts.js';
import { shortHash } from '../shared/wording.js';
import { readFailed } from './archive.js';
import { deleteOld } from './clean.js';
import type { FilesData } from './data.js';
import { giveName, isTaken, nameText, withFreeName } from './free-name.js';
import { withHoldSteps, writeHeld } from './held.js';
import { JOURNAL } from './journal.js';
import type { Member } from './listing.js';
import { brokenAmong } from './padded.js';
import { checkFailed, readBack } from './read-back.js';
import { type Finished, recordArchive } from './record.js';
import { STEP } from './steps.js';
import { tarWarnings } from './tar-warnings.js';

/**
 * Makes the archive: write `.partial`, sync, check, sha256, rename, manifest, catalogue; only then delete
 * old ones. Whatever goes wrong before the rename leaves nothing behind, and old archives untouched.
 */
export async function runFiles(part: PlanPart<FilesData>, outer: RunContext): Promise<PartResult> {
  const ctx = withHoldSteps(part.data.quiesce, outer);
  const began = ctx.now();
  const named = await nameFor(part.data, ctx);
  if (!named.ok) return ended(named.failure, [NOTHING_DONE]);
  const disk = await watchDisk(ctx.host, part.data.destination);
  const made = await make(named.data, began, ctx, outer);
  const { data, held } = made;
  if (!made.ok) {
    const stateNow = await removePartial(data, ctx, disk);
    // How much is free is only true now that the partial is gone.
    const isFull = made.failure.reason === 'destination_full';
    const failed = (await disk.look()) ?? (isFull ? await diskFull(data, ctx) : made.failure);
    return (held && heldEnd(failed, data.quiesce, held, stateNow)) ?? ended(failed, stateNow);
  }
  const lost = held && heldEnd(null, data.quiesce, held, [...kept(data, made.finished), UNTOUCHED]);
  if (lost) return lost;

  if (ctx.signal.aborted) return ended(STOPPED, [...kept(data, made.finished), UNTOUCHED]);
  const { finished } = made;
  const isVerified = finished.verified === 'read';
  const cleaning = data.deletions.length > 0 && isVerified;
  if (cleaning) {
    ctx.step(STEP.clean, 'running');
  }
  const { deleted, warnings } = cleaning
    ? await deleteOld(data, ctx)
    : { deleted: 0, warnings: notReplaced(data) };
  if (cleaning) ctx.step(STEP.clean, warnings.length > 0 ? 'failed' : 'done');
  ctx.remember({
    files: finished.files,
    bytes: finished.bytes,
    size: finished.size,
    streamBytes: made.streamBytes,
    ...mountFacts(data.mounts),
    ...(data.quiesce?.hold === 'stop' && held?.begun ? { downMs: held.heldMs } : {}),
  });
  const took = formatDuration(ctx.now().getTime() - began.getTime());
  const live = data.live.length > 0 ? [liveData(data.live, WAY_OUT)] : [];
  const amounts = `${formatBytes(finished.bytes)} → ${formatBytes(finished.size)}`;
  return {
    state: 'succeeded',
    reason: 'done',
    summary: [
      phrase`${amounts} (${formatCount(finished.files, 'file')}) in ${took}${held ? heldText(data.quiesce, held) : ''}.`,
      ...kept(data, finished),
      ...nameText(part.data, data),
      ...(cleaning ? [deletedText(deleted, data)] : []),
    ],
    warnings: [...live, ...made.warnings, ...(held ? heldWarnings(held) : []), ...warnings],
  };
}

type Named<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly failure: Failure };

/** The plan under a name that is free as the run begins. */
export async function nameFor<Data extends FilesData>(data: Data, ctx: RunContext): Promise<Named<Data>> {
  try {
    return { ok: true, data: await withFreeName(data, ctx) };
  } catch (error) {
    return { ok: false, failure: await fileFailed(error, data, ctx) };
  }
}

type Made = {
  readonly data: FilesData /** Null when it did not come to that. */;
  readonly held: Around | null;
} & (
  | {
      readonly ok: true;
      readonly finished: Finished & { readonly bytes: number };
      readonly streamBytes: number;
      readonly warnings: readonly Notice[];
    }
  | { readonly ok: false; readonly failure: Failure }
);

async function make(planned: FilesData, began: Date, ctx: RunContext, outer: RunContext): Promise<Made> {
  let data = planned;
  let held: Around | null = null;
  const failedAt = (step: number, failure: Failure): Made => {
    ctx.step(step, 'failed');
    return { ok: false, data, held, failure };
  };
  const { host } = ctx;
  try {
    const mounts = await watchMounts(data.mounts, ctx);
    const missing = await mounts.look();
    if (missing) return failedAt(STEP.copy, missing);
    const begun = await begin(data, ctx, async (own) => {
      if (own.createsFolder) await host.mkdir(own.destination);
      const packed = await writeHeld(own, ctx, outer);
      held = packed.held;
      return packed.written;
    });
    data = begun.data;
    const { result: written } = begun;
    if (!written.ok) return failedAt(STEP.copy, written.failure);
    const away = await mounts.look();
    if (away) return failedAt(STEP.copy, away);

    ctx.step(STEP.check, 'running');
    await host.sync(data.partial);
    const padded = written.said.filter(({ what }) => what === 'padded');
    const names = new Set(padded.map(({ name }) => name));
    const packed = new Map<string, Member>();
    const checked = await readBack(data, written.stream, ctx, (member) => {
      if (names.has(member.name)) packed.set(member.name, member);
    });
    if (!checked.ok) return failedAt(STEP.check, checked.failure);
    const { sha256, size, files, bytes } = checked;
    if (files === 0 || files * 2 < data.files) {
      const few = `${files} files inside instead of ${data.files}`;
      return failedAt(STEP.check, checkFailed(data.partial, few));
    }
    const broken = await brokenAmong(padded, folderOf(data), packed, ctx);
    if (ctx.signal.aborted) return failedAt(STEP.check, STOPPED);
    if (broken.length > 0) return failedAt(STEP.check, readFailed(broken));
    ctx.step(STEP.check, 'done');

    ctx.step(STEP.record, 'running');
    const verified: Level = padded.length > 0 ? 'none' : 'read';
    const finished = { sha256, size, files, bytes, createdAt: began.toISOString(), verified };
    await ctx.note(JOURNAL.finished, finished);
    data = await giveName(data, ctx);
    const warnings = await recordArchive(data, finished, ctx);
    ctx.step(STEP.record, 'done');
    const { bytes: streamBytes } = written.stream;
    return {
      ok: true,
      data,
      held,
      finished,
      streamBytes,
      warnings: [...tarWarnings(written.said), ...warnings],
    };
  } catch (error) {
    return { ok: false, data, held, failure: await fileFailed(error, data, ctx) };
  }
}

/** Journals the partial and lets it be written, under the next name where somebody has just begun to write that one. */
export async function begin<Data extends FilesData, Result>(
  planned: Data,
  ctx: RunContext,
  write: (data: Data) => Promise<Result>,
): Promise<{ readonly data: Data; readonly result: Result }> {
  let data = planned;
  for (;;) {
    await ctx.journal(JOURNAL.partial, data.partial);
    try {
      return { data, result: await write(data) };
    } catch (error) {
      if (!isTaken(error, data)) throw error;
      const next = await withFreeName(data, ctx);
      if (next === data) throw error;
      data = next;
    }
  }
}

export const NOTHING_DONE = phrase`Nothing was written or deleted.`;
export const UNTOUCHED = phrase`The old archives are untouched.`;

/** The folder that the names in the archive are relative to. */
export function folderOf({ real, pack, streamFrom }: FilesData): string {
  const option = pack[streamFrom]?.find((arg) => arg.startsWith('--directory='));
  return option?.slice('--directory='.length) ?? real ?? '/';
}

/** Why nothing is deleted although something could be. */
export function notReplaced({ deletions }: FilesData): readonly Notice[] {
  if (deletions.length === 0) return [];
  const why = phrase`No old archive was deleted, because the new one isn’t verified.`;
  return [notice('retention_failed', why, phrase`Run it again when nothing cuts files off meanwhile.`)];
}

export function kept(data: FilesData, { sha256, verified }: Finished): readonly Phrase[] {
  const how = verified === 'none' ? 'not verified' : 'checked';
  return [phrase`${code(data.archive)}, ${how}, sha256 ${code(shortHash(sha256))}.`];
}

export function deletedText(deleted: number, { deletions, kept }: FilesData): Phrase {
  const stay = kept + deletions.length - deleted;
  return phrase`${formatCount(deleted, 'old archive')} deleted, ${stay} kept.`;
}

/**
 * Says truthfully what is there after a failure.
 * @param disk watches the destination since the run began
 */
export async function removePartial(
  data: FilesData,
  ctx: RunContext,
  disk: DiskWatch,
): Promise<readonly Phrase[]> {
  if (await disk.look()) return [leftElsewhere(data.partial), UNTOUCHED];
  try {
    await ctx.host.remove(data.partial);
  } catch (error) {
    const { message } = await fileFailed(error, data, ctx);
    return [phrase`The partial file ${code(data.partial)} could not be removed: ${message}`, UNTOUCHED];
  }
  return [phrase`Nothing half-done is left: the partial file is gone, the old archives are untouched.`];
}
