import type { RunContext } from '../../core/ports/executor.js';
import type { Failure } from '../shared/failure.js';
import { amountProgress } from '../shared/progress.js';
import { entriesAt, nameList, withoutSlash } from './at-destination.js';
import { callRsync, failureOf, targetOf } from './call.js';
import type { MirrorData } from './data.js';
import { JOURNAL } from './incomplete.js';
import type { Entry } from './listing.js';
import { itemIn } from './listing.js';
import { foldersAbove } from './names.js';
import { passagesTo } from './parts.js';
import { deletionRules } from './rules.js';
import type { Tally } from './tally.js';
import type { StepEnd } from './work.js';

/** What rsync says of folders that are gone from the source, once for each. */
const GONE = /^(file has vanished: |WARNING: parent dir is absent|rsync warning: some files vanished)/;

/** Deletes what was shown, each only if the source still lacks it, and nothing that is reached through a symlink. */
export async function remove(data: MirrorData, ctx: RunContext, tally: Tally): Promise<StepEnd> {
  await ctx.journal(JOURNAL.remove, null);
  const report = amountProgress(ctx, data.deletions.length, 'files');
  const before = tally.deleted.length;
  const call = async (argv: readonly string[], stdin: Buffer): Promise<Failure | null> => {
    const result = await callRsync(data, argv, ctx, {
      stdin,
      omit: (line) => GONE.test(line),
      onStdout: (line) => {
        const item = itemIn(line);
        if (item?.fate !== 'deleted') return;
        tally.deleted.push(item.name);
        report(tally.deleted.length - before);
      },
    });
    return failureOf(result, data, ctx);
  };
  report(0);
  const failed = (await byList(data, ctx, call)) ?? null;
  return failed ? { ok: false, failure: failed } : { ok: true, value: [] };
}

type Call = (argv: readonly string[], stdin: Buffer) => Promise<Failure | null>;

async function byList(data: MirrorData, ctx: RunContext, call: Call): Promise<Failure | null> {
  const safe = data.remove.length === 0 ? null : await reachable(data, ctx);
  if (safe === null) {
    const passages = await passagesTo(data.deletions, data.source, ctx.host);
    return call(data.removeByRules, deletionRules(data.deletions, passages));
  }
  for (const level of levelsOf(safe)) {
    const failed = await call(data.remove, nameList(level));
    if (failed) return failed;
  }
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

/**
 * The deletions to which real folders lead. Since the preview somebody may have put a symlink in the place of one, and rsync
 * before 3.5 would follow it. Null where the other side doesn't tell.
 */
async function reachable(data: MirrorData, ctx: RunContext): Promise<readonly string[] | null> {
  const above = new Set(data.deletions.flatMap(foldersAbove));
  const entries = await entriesAt([...above], data.look, targetOf(data), ctx.host);
  return entries && data.deletions.filter((path) => isReached(path, entries));
}

function isReached(path: string, entries: ReadonlyMap<string, Entry>): boolean {
  return foldersAbove(path).every((folder) => entries.get(folder)?.type === 'd');
}

/** Files first, then folders from the deepest up: one that isn't empty yet can't be deleted. */
function levelsOf(paths: readonly string[]): readonly (readonly string[])[] {
  const files = paths.filter((path) => !path.endsWith('/'));
  const folders = new Map<number, string[]>();
  for (const path of paths) {
    if (!path.endsWith('/')) continue;
    const depth = foldersAbove(path).length;
    const level = folders.get(depth) ?? [];
    level.push(withoutSlash(path));
    folders.set(depth, level);
  }
  const levels = [...folders].sort(([a], [b]) => b - a).map(([, level]) => level);
  return files.length > 0 ? [files, ...levels] : levels;
}
