import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { RunContext } from '../../core/ports/executor.js';
import { HostError } from '../../core/ports/host.js';
import { JOURNAL } from '../files/journal.js';
import { announceDeletions } from '../shared/deletions.js';
import type { SnapshotData } from './data.js';
import { deletingOf } from './names.js';
import { removeTree } from './tree.js';

/**
 * Deletes exactly the plan's list, and nothing when that can't be noted first. A snapshot loses its name before anything
 * in it is deleted. Gives how many and what went wrong.
 */
export async function deleteOld(
  { deletions }: SnapshotData,
  ctx: RunContext,
): Promise<{ readonly deleted: number; readonly warnings: readonly Notice[] }> {
  const unnoted = await announceDeletions(JOURNAL.retention, ctx);
  if (unnoted) return { deleted: 0, warnings: [unnoted] };
  const warnings: Notice[] = [];
  const { host } = ctx;
  let deleted = 0;
  for (const { archive: snapshot, manifest } of deletions) {
    if (ctx.signal.aborted) break;
    const dying = deletingOf(snapshot);
    try {
      // Gone, or something else by now: then it is not what was shown.
      if ((await host.stat(snapshot))?.type !== 'directory') continue;
      await host.rename(snapshot, dying);
    } catch (error) {
      warnings.push(notDeleted(snapshot, whyOf(error)));
      continue;
    }
    await ctx.artifactDeleted(snapshot);
    deleted += 1;
    try {
      const left = await removeTree(host, dying);
      if (left !== null) warnings.push(notDeleted(dying, left));
      if (manifest !== null) await host.remove(manifest);
    } catch (error) {
      warnings.push(notDeleted(dying, whyOf(error)));
    }
  }
  return { deleted, warnings };
}

function whyOf(error: unknown): string {
  if (!(error instanceof HostError)) throw error;
  return error.code;
}

function notDeleted(path: string, why: string): Notice {
  return notice('retention_failed', phrase`${code(path)} could not be deleted: ${code(why)}.`);
}
