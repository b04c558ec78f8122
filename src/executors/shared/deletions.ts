import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { storeFailed } from './failure.js';

/** Notes that old backups are about to be deleted. Null when they may be; else why they stay: the new one is made. */
export async function announceDeletions(kind: string, ctx: RunContext): Promise<Notice | null> {
  try {
    await ctx.journal(kind, null);
    return null;
  } catch (error) {
    const { message } = storeFailed(error);
    const remedy = phrase`Free the way for the database; the next run deletes them.`;
    return notice('retention_failed', phrase`No old backup was deleted. ${message}`, remedy);
  }
}
