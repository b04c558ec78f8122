import type { RunContext } from '../../core/executor.js';
import { HostError } from '../../core/host.js';
import { code, phrase } from '../../core/phrase.js';
import { type Notice, notice } from '../../core/reasons.js';
import type { FilesData } from './data.js';

/** Deletes exactly the plan's list, each archive before its manifest. Gives how many and what went wrong. */
export async function deleteOld(
  data: FilesData,
  ctx: RunContext,
): Promise<{ readonly deleted: number; readonly warnings: readonly Notice[] }> {
  const warnings: Notice[] = [];
  let deleted = 0;
  for (const { archive, manifest } of data.deletions) {
    if (ctx.signal.aborted) break;
    try {
      await ctx.host.remove(archive);
      if (manifest !== null) await ctx.host.remove(manifest);
      await ctx.artifactDeleted(archive);
      deleted += 1;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      warnings.push(
        notice('retention_failed', phrase`${code(archive)} could not be deleted (${error.code}).`),
      );
    }
  }
  return { deleted, warnings };
}
