import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { HostError } from '../../core/ports/host.js';
import { announceDeletions } from '../shared/deletions.js';
import type { FilesData } from './data.js';
import { JOURNAL } from './journal.js';

/**
 * Deletes exactly the plan's list, each archive before its manifest, and nothing when that can't be noted first. Gives
 * how many and what went wrong.
 */
export async function deleteOld(
  data: FilesData,
  ctx: RunContext,
): Promise<{ readonly deleted: number; readonly warnings: readonly Notice[] }> {
  if (data.deletions.length === 0) return { deleted: 0, warnings: [] };
  const unnoted = await announceDeletions(JOURNAL.retention, ctx);
  if (unnoted) return { deleted: 0, warnings: [unnoted] };
  const warnings: Notice[] = [];
  let deleted = 0;
  for (const { archive, manifest } of data.deletions) {
    if (ctx.signal.aborted) break;
    const kept = await tryToRemove(archive, ctx);
    if (kept !== null) {
      warnings.push(kept);
      continue;
    }
    // Before the manifest: a catalogue that names what is gone would be wrong about it from now on.
    await ctx.artifactDeleted(archive);
    deleted += 1;
    const left = manifest === null ? null : await tryToRemove(manifest, ctx);
    if (left !== null) warnings.push(left);
  }
  return { deleted, warnings };
}

/** Null when it is gone. */
async function tryToRemove(path: string, { host }: RunContext): Promise<Notice | null> {
  try {
    await host.remove(path);
    return null;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return notice('retention_failed', phrase`${code(path)} could not be deleted (${error.code}).`);
  }
}
