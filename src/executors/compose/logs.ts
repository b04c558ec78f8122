import type { RunContext } from '../../core/ports/executor.js';

/** Puts the last lines of a container's own output into the run's log, where an outcome quotes them from. */
export async function logLastLines(ctx: RunContext, container: string): Promise<void> {
  const argv = ['docker', 'logs', '--tail', '15', '--', container];
  await ctx.host.exec(argv, { log: 'both', timeoutMs: 20_000, uninterruptible: true });
}
