import type { RunContext } from '../../core/executor.js';
import { amountIn, archiveIn, saysFinished } from './task-log.js';

/** What vzdump's log has said so far. */
export interface LogWatch {
  readonly onLine: (line: string) => void;
  /** `Finished Backup of VM` was there, for this guest. */
  readonly finished: () => boolean;
  /** The file that it wrote to, when it said so. */
  readonly archive: () => string | null;
  /** Lines that warn. */
  readonly warned: () => number;
  /** The last error that it named, or null. */
  readonly error: () => string | null;
}

/** Reads vzdump's log as it comes, and reports progress. */
export function watchLog(vmId: number, ctx: Pick<RunContext, 'progress'>): LogWatch {
  let finished = false;
  let archive: string | null = null;
  let warned = 0;
  let error: string | null = null;
  return {
    onLine: (line) => {
      const amount = amountIn(line);
      if (amount) ctx.progress({ ...amount, unit: 'bytes' });
      if (saysFinished(line, vmId)) finished = true;
      archive ??= archiveIn(line);
      if (/^WARN:/.test(line)) warned += 1;
      const [, why] = /^ERROR: (?:Backup of VM \d+ failed - )?(.+)/.exec(line) ?? [];
      error = why ?? error;
    },
    finished: () => finished,
    archive: () => archive,
    warned: () => warned,
    error: () => error,
  };
}
