import type { Run } from '../core/model/run.js';
import type { RunEvent } from '../core/ports/events.js';
import type { Context } from './context.js';
import { CliError, EXIT, refusal } from './errors.js';
import { createGraphProgress } from './graph-progress.js';
import { type Interrupts, unless } from './interrupts.js';
import { createProgress, type ProgressView } from './progress.js';

/**
 * Confirms a run, with the name that was typed where one was asked for, and shows it until it ends. The first interrupt stops it and waits until it has tidied up;
 * the second leaves it as it is. Throws {@link CliError} when the run is left or its confirmation refused.
 */
export async function confirmAndFollow(
  ctx: Context,
  run: Run,
  { typed, atOnce }: { readonly typed: string | null; readonly atOnce: boolean },
  interrupts: Interrupts,
): Promise<Run> {
  const { app, deps, out } = ctx;
  const view = (run.plan.graph ? createGraphProgress : createProgress)(run, out, deps.now);
  const unsubscribe = app.pipeline.events.subscribe((event) => {
    if (runIdOf(event) === run.id) view.show(event);
  });
  const onStop = (): void => void stop(ctx, run, view);
  try {
    const also = { atOnce, ...(typed === null ? {} : { typed }) };
    const decision = await app.pipeline.decide(run.id, deps.operator, 'confirm', also);
    if (!decision.ok) throw refusal(decision.notice);
    if (interrupts.stop.aborted) onStop();
    else interrupts.stop.addEventListener('abort', onStop, { once: true });
    const final = await unless(interrupts.leave, decision.done);
    if (final) return final;
    ctx.leave();
    throw leftAtWork(run, view);
  } finally {
    interrupts.stop.removeEventListener('abort', onStop);
    unsubscribe();
    view.end();
  }
}

function runIdOf(event: RunEvent): string | null {
  if ('runId' in event) return event.runId;
  return 'run' in event ? event.run.id : null;
}

/** A run that has just ended can't be stopped any more; that is no news. */
async function stop(ctx: Context, run: Run, view: ProgressView): Promise<void> {
  view.lines([`Stopping ${run.id} and tidying up. Press Ctrl-C again to leave it half-done.`]);
  try {
    await ctx.app.pipeline.stop(run.id, ctx.deps.operator);
  } catch (error) {
    ctx.out.aside(
      `${run.id} could not be stopped: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function leftAtWork(run: Run, view: ProgressView): CliError {
  const position = view.position();
  return new CliError(
    EXIT.failed,
    'process_died',
    `Left ${run.id} before it had tidied up${position ? `, at ${position.replace(/\.$/, '')}` : ''}.`,
    'Partial files or stopped containers may be left. The next start of ChatOps puts them right.',
  );
}
