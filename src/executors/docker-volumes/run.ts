import type { Level } from '../../core/model/artifact.js';
import type { PlanPart } from '../../core/model/plan.js';
import type { Notice } from '../../core/model/reasons.js';
import type { PartResult, RunContext } from '../../core/ports/executor.js';
import { formatDuration } from '../../core/text/format.js';
import { watchDisk } from '../shared/disk.js';
import { ended, type Failure } from '../shared/failure.js';
import { mountFacts, watchMounts } from '../shared/source-mounts.js';
import { check } from './check.js';
import { copy } from './copy.js';
import type { MirrorData } from './data.js';
import { watchDeletions } from './gone.js';
import { readsAll } from './how-checked.js';
import { addMirror, INCOMPLETE, JOURNAL } from './incomplete.js';
import { placeKind } from './place.js';
import { tryDestination, UNTOUCHED } from './probe.js';
import { remove } from './removal.js';
import { deletedOnFailure, resultText } from './result.js';
import { type StepName, stepNames } from './steps.js';
import { newTally, type Tally } from './tally.js';
import { type Step, type StepEnd, writeThrough } from './work.js';

/**
 * Brings the mirror up to date: copy first, delete last, and then only what the preview listed and the
 * source still lacks. When it ends early, what was copied stays, and the next run goes on from there.
 */
export async function runMirror(part: PlanPart<MirrorData>, ctx: RunContext): Promise<PartResult> {
  const { data } = part;
  const began = ctx.now();
  const tried = await tryDestination(data, ctx);
  if (!tried.ok) return ended(tried.failure, [UNTOUCHED, ...tried.left.map(({ message }) => message)]);
  await ctx.journal(JOURNAL.copy, null);
  const tally = newTally(data.destination);
  const deletions = await watchDeletions(data, ctx);
  const worked = await work(data, ctx, tally);
  if (!worked.ok) {
    await addMirror(data, tally, 'none', ctx);
    return ended(worked.failure, [INCOMPLETE, deletedOnFailure(await deletions.gone())]);
  }
  await addMirror(data, tally, levelOf(data, tally), ctx);
  const lost = tally.kept.lost();
  ctx.remember({ files: tally.found?.equal ?? 0, ...mountFacts(data.mounts), lost });
  const took = formatDuration(ctx.now().getTime() - began.getTime());
  return {
    state: 'succeeded',
    reason: 'done',
    summary: resultText(data, tally, took),
    warnings: [...tried.left, ...worked.value, ...tally.kept.notices(part)],
  };
}

/** Nothing is claimed of a mirror of which a file is not as the source has it. */
function levelOf({ check: argv }: MirrorData, { found }: Tally): Level {
  if (found === null || found.equal < found.files) return 'none';
  return readsAll(argv) ? 'read' : 'listed';
}

/** The steps in order. */
async function work(data: MirrorData, ctx: RunContext, tally: Tally): Promise<StepEnd> {
  const warnings: Notice[] = [];
  const mounts = await watchMounts(data.mounts, ctx);
  const isLocal = placeKind(data.destination) === 'local';
  const disk = await watchDisk(ctx.host, isLocal ? data.destination : null);
  const lookAround = async (): Promise<Failure | null> => (await mounts.look()) ?? (await disk.look());
  const names = stepNames(data);
  for (const [index, name] of names.entries()) {
    // It has been done.
    if (name === 'probe') continue;
    ctx.step(index, 'running');
    // Nothing is copied or deleted because a disk is away.
    const away = await lookAround();
    const done: StepEnd = away ? { ok: false, failure: away } : await STEPS[name](data, ctx, tally);
    ctx.step(index, done.ok ? 'done' : 'failed');
    // A tool whose disk went away says many things, and hardly ever that.
    if (!done.ok)
      return ctx.signal.aborted ? done : { ok: false, failure: (await disk.look()) ?? done.failure };
    warnings.push(...done.value);
  }
  const away = await lookAround();
  return away ? { ok: false, failure: away } : { ok: true, value: warnings };
}

const STEPS: Readonly<Record<Exclude<StepName, 'probe'>, Step>> = {
  sync: writeThrough,
  copy,
  remove,
  check,
};
