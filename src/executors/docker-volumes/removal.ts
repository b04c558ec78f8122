import type { RunContext } from '../../core/ports/executor.js';
import type { Failure } from '../shared/failure.js';
import { nameList, withoutSlash } from './at-destination.js';
import { type DeletingCall, deleteByList, deletingCall, GONE, reachable } from './by-list.js';
import { callRsync, failureOf } from './call.js';
import type { MirrorData } from './data.js';
import { JOURNAL } from './incomplete.js';
import { foldersAbove } from './names.js';
import { passagesTo } from './parts.js';
import { deletionRules } from './rules.js';
import type { Tally } from './tally.js';
import type { StepEnd } from './work.js';

/** Deletes what was shown, each only if the source still lacks it, and nothing that is reached through a symlink. */
export async function remove(data: MirrorData, ctx: RunContext, tally: Tally): Promise<StepEnd> {
  await ctx.journal(JOURNAL.remove, null);
  const call = deletingCall(data, ctx, { tally, total: data.deletions.length });
  const failed = await removeShown(data, ctx, call);
  return failed ? { ok: false, failure: failed } : { ok: true, value: [] };
}

async function removeShown(data: MirrorData, ctx: RunContext, call: DeletingCall): Promise<Failure | null> {
  const safe = data.remove.length === 0 ? null : await reachable(data.deletions, data, ctx);
  if (safe === null) {
    const passages = await passagesTo(data.deletions, data.source, ctx.host);
    return call(data.removeByRules, deletionRules(data.deletions, passages));
  }
  const failed = await deleteByList(safe, data.remove, call);
  if (failed) return failed;
  const deleted = new Set(safe.map(withoutSlash));
  const touched = new Set(safe.map((path) => foldersAbove(path)[0] ?? '.'));
  const folders = [...touched].filter((folder) => !deleted.has(folder));
  if (folders.length === 0 || data.folderTimes.length === 0) return null;
  const result = await callRsync(data, data.folderTimes, ctx, {
    stdin: nameList(folders),
    omit: (line) => GONE.test(line),
  });
  // 23: somebody else's folders; the next run finds that they differ.
  return result.exitCode === 23 && !ctx.signal.aborted ? null : failureOf(result, data, ctx);
}
