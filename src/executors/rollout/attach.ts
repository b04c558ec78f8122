import { phrase } from '../../core/model/phrase.js';
import type { PartResult, RecoveryReport, RunContext } from '../../core/ports/executor.js';
import { hasSucceeded } from '../compose/left.js';
import { reattach } from '../compose/reattach.js';
import type { RolloutData } from './data.js';
import { restartDependents } from './dependents-watch.js';

/**
 * Attaches what lives in the containers that were replaced, whatever came of that: what is there now counts. After a way back
 * what depends on them is restarted again where the file says so. The end with what came of it.
 */
export async function attachAgain<End extends PartResult | RecoveryReport>(
  end: End,
  data: RolloutData,
  ctx: RunContext,
  step: number | null,
): Promise<End> {
  const { attached, project } = data;
  if (!hasSucceeded(end))
    for (const { service } of data.replacements) await restartDependents(data, service, ctx);
  if (attached.length === 0) return end;
  const isShown = step !== null && hasSucceeded(end);
  if (isShown) ctx.step(step, 'running');
  const { ok, sentences } = await reattach(attached, project, ctx);
  if (isShown) ctx.step(step, ok ? 'done' : 'failed');
  if (ok) return { ...end, summary: [...end.summary, ...sentences] };
  const summary = [...sentences, ...end.summary];
  if (!('state' in end)) return { ...end, summary };
  const next = phrase`Make them again by hand, or roll their stack out: that attaches them too.`;
  return { ...end, state: 'failed', reason: 'cut_off', summary, next };
}
