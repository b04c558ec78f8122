import type { Level } from '../../core/model/artifact.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { formatDuration } from '../../core/text/format.js';
import { readsAll } from '../docker-volumes/how-checked.js';
import { newTally, type Tally } from '../docker-volumes/tally.js';
import { JOURNAL } from '../files/journal.js';
import { checkFailed } from '../files/read-back.js';
import { type Around, around } from '../quiesce/around.js';
import { WAY_OUT } from '../quiesce/held-run.js';
import { liveData } from '../quiesce/live.js';
import { TIMES } from '../quiesce/times.js';
import { heldEnd, heldWarnings } from '../quiesce/words.js';
import { watchDisk } from '../shared/disk.js';
import { diskFull, ended, type Failure, fileFailed, STOPPED } from '../shared/failure.js';
import { mountFacts } from '../shared/source-mounts.js';
import { begin } from './begin.js';
import { deleteOld } from './clean.js';
import { countTrees } from './count.js';
import type { SnapshotData } from './data.js';
import { fill } from './fill.js';
import { giveName, nameText } from './free-name.js';
import { type Finished, recordSnapshot } from './record.js';
import { deletedText, keptText, madeText, notReplaced, removePartial, UNTOUCHED } from './result.js';
import { STEP, WITHIN_HOLD } from './steps.js';

/**
 * Makes the snapshot: a new folder, copy, sync, check, count, name, manifest, catalogue; only then delete old ones.
 * Whatever goes wrong before it has its name leaves nothing behind, and earlier snapshots untouched.
 */
export async function runSnapshot(part: PlanPart<SnapshotData>, outer: RunContext): Promise<PartResult> {
  const ctx = withHoldSteps(part.data, outer);
  const began = ctx.now();
  const disk = await watchDisk(ctx.host, part.data.destination);
  const made = await make(part.data, began, ctx, outer);
  const { data, held } = made;
  if (!made.ok) {
    const stateNow = await removePartial(data, ctx, disk);
    // How much is free is only true now that the partial is gone.
    const isFull = made.failure.reason === 'destination_full';
    const failed = (await disk.look()) ?? (isFull ? await diskFull(data, ctx) : made.failure);
    return (held && heldEnd(failed, data.quiesce, held, stateNow)) ?? ended(failed, stateNow);
  }
  const { finished, tally } = made;
  const lost = held && heldEnd(null, data.quiesce, held, [keptText(data, finished, tally), UNTOUCHED]);
  if (lost) return lost;
  if (ctx.signal.aborted) return ended(STOPPED, [keptText(data, finished, tally), UNTOUCHED]);
  const cleaned = await clean(data, finished.verified, ctx);
  ctx.remember({
    files: finished.files,
    ...mountFacts(data.mirror.mounts),
    lost: tally.kept.lost(),
    ...(data.quiesce?.hold === 'stop' && held?.begun ? { downMs: held.heldMs } : {}),
  });
  const took = formatDuration(ctx.now().getTime() - began.getTime());
  const live = data.live.length > 0 ? [liveData(data.live, WAY_OUT)] : [];
  return {
    state: 'succeeded',
    reason: 'done',
    summary: [
      madeText(data, finished, took, held),
      keptText(data, finished, tally),
      ...nameText(part.data, data),
      ...(cleaned.deleted === null ? [] : [deletedText(cleaned.deleted, data)]),
    ],
    warnings: [
      ...live,
      ...made.warnings,
      ...tally.kept.notices({ data: data.mirror, warnings: part.warnings }),
      ...(held ? heldWarnings(held) : []),
      ...cleaned.warnings,
    ],
  };
}

/** Only a snapshot that is known to be complete takes another one's place. */
async function clean(
  data: SnapshotData,
  verified: Level,
  ctx: RunContext,
): Promise<{ readonly deleted: number | null; readonly warnings: readonly Notice[] }> {
  if (data.deletions.length === 0) return { deleted: null, warnings: [] };
  if (verified === 'none') return { deleted: null, warnings: [notReplaced()] };
  ctx.step(STEP.clean, 'running');
  const done = await deleteOld(data, ctx);
  ctx.step(STEP.clean, done.warnings.length > 0 ? 'failed' : 'done');
  return done;
}

type Made = {
  readonly data: SnapshotData /** Null when it did not come to that. */;
  readonly held: Around | null;
} & (
  | {
      readonly ok: true;
      readonly finished: Finished;
      readonly tally: Tally;
      readonly warnings: readonly Notice[];
    }
  | { readonly ok: false; readonly failure: Failure }
);

async function make(planned: SnapshotData, began: Date, ctx: RunContext, outer: RunContext): Promise<Made> {
  let data = planned;
  let held: Around | null = null;
  const { host } = ctx;
  try {
    const begun = await begin(planned, ctx);
    data = begun.data;
    if (!begun.ok) return { ok: false, data, held, failure: begun.failure };
    const tally = newTally(data.snapshot);
    let warnings: readonly Notice[] = [];
    const at = { hold: 0, release: (data.quiesce?.containers.length ?? 0) + WITHIN_HOLD };
    held = await around(data.quiesce, at, outer, TIMES, async () => {
      const filled = await fill(data, tally, ctx);
      if (filled.ok) warnings = filled.value;
      return filled.ok ? null : filled.failure;
    });
    if (held.failure) return { ok: false, data, held, failure: held.failure };

    ctx.step(STEP.record, 'running');
    const failed = (failure: Failure): Made => {
      ctx.step(STEP.record, 'failed');
      return { ok: false, data, held, failure };
    };
    const counted = await countTrees(host, [data.partial]);
    if (ctx.signal.aborted) return failed(STOPPED);
    if (counted === null) return failed(checkFailed(data.partial, 'its files could not be counted'));
    if (counted.files === 0) return failed(checkFailed(data.partial, 'there are no files in it'));
    const { found } = tally;
    const isComplete = found !== null && found.equal === found.files && counted.files >= found.files;
    const finished: Finished = {
      ...{ files: counted.files, bytes: counted.bytes },
      ...{ newFiles: counted.own.files, newBytes: counted.own.bytes },
      createdAt: began.toISOString(),
      verified: isComplete ? (readsAll(data.mirror.check) ? 'read' : 'listed') : 'none',
    };
    await ctx.note(JOURNAL.finished, finished);
    data = await giveName(data, ctx);
    warnings = [...warnings, ...(await recordSnapshot(data, finished, ctx))];
    ctx.step(STEP.record, 'done');
    return { ok: true, data, held, finished, tally, warnings };
  } catch (error) {
    return { ok: false, data, held, failure: await fileFailed(error, data, ctx) };
  }
}

/** The same run, with its own steps where they are among those of the hold. */
function withHoldSteps({ quiesce }: SnapshotData, ctx: RunContext): RunContext {
  const held = quiesce?.containers.length ?? 0;
  if (held === 0) return ctx;
  const shift = (index: number): number => index + (index < WITHIN_HOLD ? held : 2 * held);
  return { ...ctx, step: (index, state) => ctx.step(shift(index), state) };
}
