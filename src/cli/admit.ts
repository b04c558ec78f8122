import { plain } from '../core/model/phrase.js';
import type { Params } from '../core/model/request.js';
import type { Run } from '../core/model/run.js';
import type { ScheduleTie } from '../core/model/schedule-tie.js';
import { planningLine } from '../core/model/wording.js';
import type { Context } from './context.js';
import { CliError, EXIT, refusal } from './errors.js';
import { unless } from './interrupts.js';

export interface PlanRequest {
  readonly intent: string;
  readonly params: Params;
  readonly dryRun: boolean;
  /** The run whose finished steps are not repeated. */
  readonly resumes?: string;
  readonly schedule?: ScheduleTie;
}

/** Asks for a preview. Throws {@link CliError} when it is refused, or interrupted while it is being made. */
export async function requestPlan(ctx: Context, request: PlanRequest, signal: AbortSignal): Promise<Run> {
  const { pipeline } = ctx.app;
  const admission = await pipeline.admit({ ...request, actor: ctx.deps.operator, source: 'cli' });
  if (!admission.ok) throw refusal(admission.notice);
  const { out } = ctx;
  const unsubscribe = pipeline.events.subscribe((event) => {
    if (event.type !== 'planning') return;
    const line = planningLine(event.waitsFor);
    if (line) out.aside(`Planning ${event.run.id}: ${plain(line)} Ctrl-C cancels it.`);
  });
  try {
    const run = await unless(signal, pipeline.prepare(admission.ticket));
    if (run) return run;
    // What was recorded of it gets its end.
    await pipeline.shutdown(0);
  } finally {
    unsubscribe();
  }
  throw new CliError(
    EXIT.refused,
    'cancelled_by_asker',
    'Interrupted while the preview was being made. Nothing was run.',
    'Run the command again when it suits.',
  );
}
