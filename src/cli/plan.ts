import { runJson } from '../core/views/views.js';
import { requestPlan } from './admit.js';
import type { Context } from './context.js';
import { exitCodeOf } from './exit-code.js';
import { watchInterrupts } from './interrupts.js';
import { commandLines, previewLines } from './preview.js';

/** `chatops plan <intent>`: what a run would do. Changes nothing. */
export async function planCommand(
  ctx: Context,
  intent: string,
  options: { readonly params: Readonly<Record<string, string>>; readonly commands: boolean },
): Promise<number> {
  const { out, deps } = ctx;
  const interrupts = watchInterrupts(deps);
  try {
    const run = await requestPlan(ctx, { intent, params: options.params, dryRun: true }, interrupts.stop);
    if (out.json) out.result(runJson(run));
    out.lines(previewLines(run, out.style, deps.now()));
    if (options.commands) out.lines(commandLines(run.plan.parts, out.style));
    return exitCodeOf(run);
  } finally {
    interrupts.end();
  }
}
