import { runJson } from '../core/views.js';
import type { Context } from './context.js';
import { EXIT, refusal } from './errors.js';
import { outcomeLines } from './outcome.js';

/** `chatops cancel <run>`: takes back a preview that waits for somebody else. */
export async function cancelCommand({ app, deps, out }: Context, id: string): Promise<number> {
  const decision = await app.pipeline.decide(id, deps.operator, 'cancel');
  if (!decision.ok) throw refusal(decision.notice);
  if (out.json) out.result(runJson(decision.run));
  out.lines(outcomeLines(decision.run, out.style, deps.now()));
  return EXIT.done;
}
