import { isBeingPlanned } from '../core/model/run.js';
import { runJson } from '../core/views/views.js';
import type { Context } from './context.js';
import { EXIT, refusal } from './errors.js';
import { outcomeLines } from './outcome.js';

/** `chatops cancel <run>`: cancels a preview that waits for somebody else, or that is still being made. */
export async function cancelCommand({ app, deps, out }: Context, id: string): Promise<number> {
  const run = await app.runs.get(id);
  const isPlanned = run !== null && isBeingPlanned(run);
  const { pipeline } = app;
  const decision = isPlanned
    ? await pipeline.stop(id, deps.operator)
    : await pipeline.decide(id, deps.operator, 'cancel');
  if (!decision.ok) throw refusal(decision.notice);
  if (out.json) out.result(runJson(decision.run));
  if (isPlanned) out.lines([`${id} is being cancelled.`]);
  else out.lines(outcomeLines(decision.run, out.style));
  return EXIT.done;
}
