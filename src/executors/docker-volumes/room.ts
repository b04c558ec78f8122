import type { RunContext } from '../../core/ports/executor.js';
import type { Failure } from '../shared/failure.js';
import { entriesAt } from './at-destination.js';
import { deleteByList, deletingCall, reachable } from './by-list.js';
import { deletesByRules, lookAtSource, NOTHING, roomCommand, withRules } from './commands.js';
import type { MirrorData } from './data.js';
import { foldersAbove } from './names.js';
import { deletionRules } from './rules.js';
import type { Tally } from './tally.js';

/** How the copy is to be made. */
export type Room =
  | { readonly ok: true; readonly copy: readonly string[]; readonly stdin?: Buffer }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Deletes what was shown below the folders that the copy replaces, each path only if the source still has something else in
 * the place of a folder above it. What came since the preview stays, and holds its folder, so that the copy stops there.
 * Where the other side doesn't list what it has, the copy itself has to delete, by rules.
 */
export async function makeRoom(data: MirrorData, ctx: RunContext, tally: Tally): Promise<Room> {
  const { inTheWay, copy } = data;
  if (inTheWay.length === 0) return { ok: true, copy };
  const stdin = deletionRules(inTheWay, []);
  if (deletesByRules(copy)) return { ok: true, copy, stdin };
  const hasNothing = (await ctx.host.stat(NOTHING))?.type === 'directory';
  const safe = hasNothing ? await reachable(inTheWay, data, ctx) : null;
  if (safe === null) return { ok: true, copy: withRules(copy, inTheWay.length), stdin };
  const lacking = await lackedBySource(safe, data, ctx);
  const call = deletingCall(data, ctx, { tally, total: inTheWay.length });
  const failed = await deleteByList(lacking, roomCommand(data.remove), call);
  return failed ? { ok: false, failure: failed } : { ok: true, copy };
}

/** The paths that the source can't have: something else is there in the place of a folder above them. */
async function lackedBySource(
  paths: readonly string[],
  { source }: MirrorData,
  { host }: RunContext,
): Promise<readonly string[]> {
  const above = new Set(paths.flatMap(foldersAbove));
  const own = { destination: source, password_secret: null };
  const here = (await entriesAt([...above], lookAtSource(source), own, host)) ?? new Map<string, never>();
  const isReplaced = (folder: string): boolean => (here.get(folder)?.type ?? 'd') !== 'd';
  return paths.filter((path) => foldersAbove(path).some(isReplaced));
}
