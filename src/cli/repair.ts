import type { Run } from '../core/model/run.js';
import type { Context } from './context.js';
import { CliError, EXIT } from './errors.js';
import { unless, watchInterrupts } from './interrupts.js';
import { clean, sentence } from './text.js';

/**
 * Before a command does anything: what dead processes left behind is put right, and told in a line per run. The first
 * interrupt lets it finish that and do no more; the second leaves at once.
 */
export async function repairFirst(ctx: Context): Promise<void> {
  const interrupts = watchInterrupts(ctx.deps);
  try {
    const repaired = await unless(interrupts.leave, ctx.app.repair());
    if (repaired === null) ctx.leave();
    for (const run of repaired ?? []) ctx.out.aside(repairedLine(run, ctx));
  } finally {
    interrupts.end();
  }
  if (interrupts.stop.aborted) throw interrupted();
}

function repairedLine({ id, intent, outcome }: Run, { out }: Context): string {
  const found = (outcome?.summary ?? []).map((line) => sentence(line, out.style)).join(' ');
  return `Tidied up first: ${clean(intent)} ${id} was interrupted. ${found}`;
}

function interrupted(): CliError {
  return new CliError(
    EXIT.refused,
    'cancelled_by_asker',
    'Interrupted before anything was begun. Nothing was run.',
    'Run the command again any time.',
  );
}
