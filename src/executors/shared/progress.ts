import type { RunContext } from '../../core/executor.js';

/**
 * Reports bytes that are done, never more than `total`, and only in steps of half a percent: some tools
 * print a line for each of 100,000 files.
 */
export function byteProgress(ctx: RunContext, total: number): (done: number) => void {
  let next = 0;
  return (done) => {
    if (total <= 0 || done < next) return;
    const shown = Math.min(total, done);
    next = shown + total / 200;
    ctx.progress({ done: shown, total, unit: 'bytes' });
  };
}
