import type { RunContext } from '../../core/ports/executor.js';
import type { Failure } from '../shared/failure.js';
import { amountProgress } from '../shared/progress.js';
import { entriesAt, nameList, withoutSlash } from './at-destination.js';
import { callRsync, failureOf, targetOf } from './call.js';
import type { MirrorData } from './data.js';
import { type Entry, itemIn } from './listing.js';
import { foldersAbove } from './names.js';
import type { Tally } from './tally.js';

/** What rsync says of folders that are gone from the source, once for each. */
export const GONE = /^(file has vanished: |WARNING: parent dir is absent|rsync warning: some files vanished)/;

/** Calls an rsync that deletes; null: it did its work. */
export type DeletingCall = (argv: readonly string[], stdin: Buffer) => Promise<Failure | null>;

/** Counts what is deleted, as rsync tells it, of so many. */
export function deletingCall(
  data: MirrorData,
  ctx: RunContext,
  { tally, total }: { readonly tally: Tally; readonly total: number },
): DeletingCall {
  const report = amountProgress(ctx, total, 'files');
  const before = tally.deleted.length;
  report(0);
  return async (argv, stdin) => {
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
}

/**
 * The paths to which real folders lead at the destination. Since the preview somebody may have put a symlink in the place of
 * one, and rsync before 3.5 would follow it. Null where the other side doesn't tell.
 */
export async function reachable(
  paths: readonly string[],
  data: MirrorData,
  ctx: RunContext,
): Promise<readonly string[] | null> {
  const above = new Set(paths.flatMap(foldersAbove));
  const entries = await entriesAt([...above], data.look, targetOf(data), ctx.host);
  return entries && paths.filter((path) => isReached(path, entries));
}

function isReached(path: string, entries: ReadonlyMap<string, Entry>): boolean {
  return foldersAbove(path).every((folder) => entries.get(folder)?.type === 'd');
}

/** Deletes paths, in a time that grows with their number. */
export async function deleteByList(
  paths: readonly string[],
  argv: readonly string[],
  call: DeletingCall,
): Promise<Failure | null> {
  for (const level of levelsOf(paths)) {
    const failed = await call(argv, nameList(level));
    if (failed) return failed;
  }
  return null;
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
