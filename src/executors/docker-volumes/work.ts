import type { Notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { commandFailed, type Failure, STOPPED } from '../shared/failure.js';
import type { MirrorData } from './data.js';
import type { Tally } from './tally.js';

/** How a step ended: with warnings, or with what the run ends with. */
export type StepEnd =
  | { readonly ok: true; readonly value: readonly Notice[] }
  | { readonly ok: false; readonly failure: Failure };

/** One step of a mirror's run; the tally takes what it did, also when it fails. */
export type Step = (data: MirrorData, ctx: RunContext, tally: Tally) => Promise<StepEnd>;

/** Has the destination's file system written to the disk. */
export async function writeThrough(data: MirrorData, ctx: RunContext): Promise<StepEnd> {
  const result = await ctx.host.exec(data.sync);
  if (ctx.signal.aborted) return { ok: false, failure: STOPPED };
  return result.ok ? { ok: true, value: [] } : { ok: false, failure: commandFailed('sync', result) };
}
