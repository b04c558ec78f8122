import { type Phrase, phrase } from '../../core/model/phrase.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import type { Digest } from '../../core/ports/host.js';
import { formatBytes, formatCount, formatDuration } from '../../core/text/format.js';
import { notHashed, readFailed } from '../files/archive.js';
import { deleteOld } from '../files/clean.js';
import { giveName, nameText } from '../files/free-name.js';
import { JOURNAL } from '../files/journal.js';
import type { Member } from '../files/listing.js';
import { brokenAmong } from '../files/padded.js';
import { type Finished, recordArchive } from '../files/record.js';
import {
  begin as beginPartial,
  deletedText,
  folderOf,
  kept,
  NOTHING_DONE,
  nameFor,
  notReplaced,
  removePartial,
  UNTOUCHED,
} from '../files/run.js';
import type { Said } from '../files/tar-messages.js';
import { tarWarnings } from '../files/tar-warnings.js';
import { around } from '../quiesce/around.js';
import { liveData } from '../quiesce/live.js';
import type { QuiesceTimes } from '../quiesce/times.js';
import { heldEnd, heldText, heldWarnings } from '../quiesce/words.js';
import { type DiskWatch, watchDisk } from '../shared/disk.js';
import { ended, type Failure, fileFailed, STOPPED } from '../shared/failure.js';
import { type MountWatch, mountFacts, watchMounts } from '../shared/source-mounts.js';
import { check } from './check.js';
import { type Copied, copy } from './copy.js';
import { PLEX_WAY_OUT, type PlexData, stepsOf } from './data.js';
import { databaseText, levelOf } from './database-words.js';
import type { Databases } from './databases.js';
import { removeScratch } from './scratch.js';

/**
 * Holds the container, streams its databases out, puts it back at once; only then checks, names and records
 * the archive, and deletes old ones. The container is put back whatever happens.
 */
export async function runPlex(
  times: QuiesceTimes,
  part: PlanPart<PlexData>,
  ctx: RunContext,
): Promise<PartResult> {
  const began = ctx.now();
  const named = await nameFor(part.data, ctx);
  if (!named.ok) return ended(named.failure, [NOTHING_DONE]);
  let { data } = named;

  // A folder that is the container's, too, can be read by Docker when its mounts change.
  const mounts = await watchMounts(data.direct === null ? data.mounts : null, ctx);
  const missing = await mounts.look();
  if (missing) return ended(missing, [NOTHING_DONE]);
  const disk = await watchDisk(ctx.host, part.data.destination);
  let stream: Digest | null = null;
  let said: readonly Said[] = [];
  const copied = await around(data.quiesce, stepsOf(data), ctx, times, async () => {
    const { copied: partial, data: own } = await makePartial(data, mounts, ctx);
    data = own;
    if (!partial.ok) return partial.failure;
    stream = partial.stream;
    said = partial.said;
    return null;
  });
  const failed = copied.failure ?? (stream === null ? notHashed(data) : null);
  const made =
    failed === null && stream !== null
      ? await finishArchive(data, stream, said, began, ctx)
      : { ok: false as const, failure: failed ?? notHashed(data) };
  const stateNow = made.ok
    ? [...kept(made.data, made.finished), UNTOUCHED]
    : await removeWritten(data, ctx, disk);
  const failure = made.ok ? null : ((await disk.look()) ?? made.failure);
  const wrong = heldEnd(failure, data.quiesce, copied, stateNow);
  if (wrong || !made.ok) return wrong ?? ended(STOPPED, stateNow);

  const { files, bytes, finished, databases } = made;
  data = made.data;
  ctx.remember({
    files,
    bytes,
    size: finished.size,
    ...(data.direct === null ? mountFacts(data.mounts) : {}),
    ...(data.quiesce?.hold === 'stop' && copied.begun ? { downMs: copied.heldMs } : {}),
  });
  const took = formatDuration(ctx.now().getTime() - began.getTime());
  const summary = [
    phrase`${formatBytes(bytes)} → ${formatBytes(finished.size)} (${formatCount(files, 'file')}) in ${took}${heldText(data.quiesce, copied)}.`,
    ...kept(data, finished),
    ...nameText(part.data, data),
    ...databaseText(databases),
  ];
  const live = data.live.length > 0 ? [liveData(data.live, PLEX_WAY_OUT)] : [];
  const isVerified = finished.verified !== 'none';
  const stay = isVerified ? [] : notReplaced(data);
  const warnings = [...live, ...made.warnings, ...heldWarnings(copied), ...stay];
  const result: PartResult = { state: 'succeeded', reason: 'done', summary, warnings };
  return isVerified ? clean(data, result, ctx) : result;
}

async function makePartial(
  data: PlexData,
  mounts: MountWatch,
  ctx: RunContext,
): Promise<{ readonly data: PlexData; readonly copied: Copied }> {
  try {
    begin('copy', data, ctx);
    const { data: own, result: copied } = await beginPartial(data, ctx, async (named) => {
      if (named.createsFolder) await ctx.host.mkdir(named.destination);
      return copy(named, ctx);
    });
    const away = copied.ok ? await mounts.look() : null;
    end('copy', own, ctx, copied.ok && away === null);
    return { data: own, copied: away === null ? copied : { ok: false, failure: away } };
  } catch (error) {
    return { data, copied: { ok: false, failure: await fileFailed(error, data, ctx) } };
  }
}

type Made =
  | {
      readonly ok: true;
      readonly data: PlexData;
      readonly files: number;
      readonly bytes: number;
      readonly databases: Databases;
      readonly finished: Finished;
      readonly warnings: readonly Notice[];
    }
  | { readonly ok: false; readonly failure: Failure };

async function finishArchive(
  written: PlexData,
  stream: Digest,
  said: readonly Said[],
  began: Date,
  ctx: RunContext,
): Promise<Made> {
  const { host } = ctx;
  let data = written;
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  try {
    begin('check', data, ctx);
    await host.sync(data.partial);
    const padded = said.filter(({ what }) => what === 'padded');
    const names = new Set(padded.map(({ name }) => name));
    const packed = new Map<string, Member>();
    const checked = await check(data, stream, ctx, (member) => {
      if (names.has(member.name)) packed.set(member.name, member);
    });
    if (!checked.ok) return failedCheck(data, checked.failure, ctx);
    const broken = await brokenAmong(padded, folderOf(data), packed, ctx);
    if (broken.length > 0) return failedCheck(data, readFailed(broken), ctx);
    end('check', data, ctx, true);
    const { files, bytes, size, sha256, databases } = checked;
    const finished = {
      ...{ sha256, size, files, createdAt: began.toISOString() },
      verified: padded.length > 0 ? ('none' as const) : levelOf(databases),
    };
    await ctx.note(JOURNAL.finished, finished);
    data = await giveName(data, ctx);
    const warnings = [...tarWarnings(said), ...(await recordArchive(data, finished, ctx))];
    return { ok: true, data, files, bytes, databases, finished, warnings };
  } catch (error) {
    return { ok: false, failure: await fileFailed(error, data, ctx) };
  }
}

/** The partial, and what a check that could not tidy up left beside it. Gives what is there now, as sentences. */
async function removeWritten(data: PlexData, ctx: RunContext, disk: DiskWatch): Promise<readonly Phrase[]> {
  const filesNow = await removePartial(data, ctx, disk);
  try {
    await removeScratch(data, ctx);
    return filesNow;
  } catch (error) {
    const { message } = await fileFailed(error, data, ctx);
    return [...filesNow, phrase`Databases that were taken out to be checked are left beside it: ${message}`];
  }
}

function failedCheck(data: PlexData, failure: Failure, ctx: RunContext): Made {
  end('check', data, ctx, false);
  return { ok: false, failure };
}

async function clean(data: PlexData, result: PartResult, ctx: RunContext): Promise<PartResult> {
  if (data.deletions.length === 0) return result;
  if (ctx.signal.aborted)
    return { ...ended(STOPPED, [...result.summary, UNTOUCHED]), warnings: result.warnings };
  begin('clean', data, ctx);
  const { deleted, warnings } = await deleteOld(data, ctx);
  end('clean', data, ctx, warnings.length === 0);
  return {
    ...result,
    summary: [...result.summary, deletedText(deleted, data)],
    warnings: [...result.warnings, ...warnings],
  };
}

type StepId = 'copy' | 'check' | 'clean';

function begin(id: StepId, data: PlexData, ctx: RunContext): void {
  ctx.step(stepsOf(data)[id], 'running');
}

function end(id: StepId, data: PlexData, ctx: RunContext, well: boolean): void {
  ctx.step(stepsOf(data)[id], well ? 'done' : 'failed');
}
