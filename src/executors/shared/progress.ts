import type { RunContext } from '../../core/ports/executor.js';

/** Between two reports, in ms, while less than half a percent is new. */
const REPORT_EVERY = 1000;

/** {@link amountProgress} of bytes. */
export function byteProgress(
  ctx: Pick<RunContext, 'progress' | 'now'>,
  total: number,
): (done: number) => void {
  return amountProgress(ctx, total, 'bytes');
}

/**
 * Reports what is done, never more than `total`, in steps of half a percent or once a second: some tools
 * print a line for each of 100,000 files, and half a percent of a large disk takes minutes.
 */
export function amountProgress(
  ctx: Pick<RunContext, 'progress' | 'now'>,
  total: number,
  unit: 'bytes' | 'files',
): (done: number) => void {
  let next = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (done) => {
    const now = ctx.now().getTime();
    if (total <= 0 || (done < Math.min(next, total) && now - reportedAt < REPORT_EVERY)) return;
    const shown = Math.min(total, done);
    next = shown + total / 200;
    reportedAt = now;
    ctx.progress({ done: shown, total, unit });
  };
}
