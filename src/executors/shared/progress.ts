import type { RunContext } from '../../core/executor.js';

/** Between two reports, in ms, while less than half a percent is new. */
const REPORT_EVERY = 1000;

/**
 * Reports bytes that are done, never more than `total`, in steps of half a percent or once a second: some tools
 * print a line for each of 100,000 files, and half a percent of a large disk takes minutes.
 */
export function byteProgress(
  ctx: Pick<RunContext, 'progress' | 'now'>,
  total: number,
): (done: number) => void {
  let next = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (done) => {
    const now = ctx.now().getTime();
    if (total <= 0 || (done < next && now - reportedAt < REPORT_EVERY)) return;
    const shown = Math.min(total, done);
    next = shown + total / 200;
    reportedAt = now;
    ctx.progress({ done: shown, total, unit: 'bytes' });
  };
}
