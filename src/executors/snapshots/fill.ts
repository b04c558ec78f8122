import type { Notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { check } from '../docker-volumes/check.js';
import { copy } from '../docker-volumes/copy.js';
import type { Tally } from '../docker-volumes/tally.js';
import { type Step, type StepEnd, writeThrough } from '../docker-volumes/work.js';
import { watchDisk } from '../shared/disk.js';
import type { Failure } from '../shared/failure.js';
import { watchMounts } from '../shared/source-mounts.js';
import type { SnapshotData } from './data.js';
import { STEP } from './steps.js';

const STEPS: readonly (readonly [index: number, step: Step])[] = [
  [STEP.copy, copy],
  [STEP.sync, writeThrough],
  [STEP.check, check],
];

/** Copies the source into the new folder, as a mirror is copied, and compares both. */
export async function fill(
  { mirror, destination }: SnapshotData,
  tally: Tally,
  ctx: RunContext,
): Promise<StepEnd> {
  const warnings: Notice[] = [];
  const mounts = await watchMounts(mirror.mounts, ctx);
  const disk = await watchDisk(ctx.host, destination);
  const lookAround = async (): Promise<Failure | null> => (await mounts.look()) ?? (await disk.look());
  for (const [index, step] of STEPS) {
    ctx.step(index, 'running');
    // A disk that is away is no reason to make a snapshot without what is on it.
    const away = await lookAround();
    const done: StepEnd = away ? { ok: false, failure: away } : await step(mirror, ctx, tally);
    ctx.step(index, done.ok ? 'done' : 'failed');
    if (!done.ok) return done;
    warnings.push(...done.value);
  }
  const away = await lookAround();
  return away ? { ok: false, failure: away } : { ok: true, value: warnings };
}
