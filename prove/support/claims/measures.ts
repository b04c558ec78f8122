import { copyOf, filesIn, isToolsOwn, type Seen } from './seen.js';
import type { Entry, Tree } from './tree.js';

/** A number that was counted, or the two that it lies between where the source changed meanwhile. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export function within(value: number, { least, most }: Range): boolean {
  return value >= least && value <= most;
}

export function show({ least, most }: Range): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Files of the source that the copy has. What was meant to change may count or not. */
export function arrived(seen: Seen): Range {
  const copy = copyOf(seen);
  const all = filesIn(copy).filter((path) => seen.source.before.has(path) || seen.source.after.has(path));
  const most = all.filter((path) => {
    const type = copy.get(path)?.type;
    return [seen.source.before.get(path)?.type, seen.source.after.get(path)?.type].includes(type);
  });
  return { least: most.filter((path) => !seen.isTouched(path)).length, most: most.length };
}

/** Files that were there all the time and that the copy lacks. */
export function lacking(seen: Seen): readonly string[] {
  const copy = copyOf(seen);
  return filesIn(seen.source.before).filter(
    (path) => seen.source.after.has(path) && !seen.isTouched(path) && !copy.has(path),
  );
}

/** Files that the source has now, and of these the ones that the copy has just like it. */
export function equalNow(seen: Seen): { readonly files: Range; readonly equal: Range } {
  const copy = copyOf(seen);
  const now = filesIn(seen.source.after);
  const equal = now.filter((path) => {
    const [from, to] = [seen.source.after.get(path), copy.get(path)];
    return from?.type === to?.type && from?.hash === to?.hash && from?.target === to?.target;
  });
  const sure = (paths: readonly string[]): number => paths.filter((path) => !seen.isTouched(path)).length;
  return {
    files: { least: sure(now), most: now.length + touchedIn(seen) },
    equal: { least: sure(equal), most: equal.length },
  };
}

/** Files that a mirror did not have, or had in another state: at least the regular ones, each file once; at most every name. */
export function copied(seen: Seen): { readonly files: Range; readonly bytes: Range } {
  const { before, after } = seen.copy;
  const fresh = filesIn(after).filter((path) => isNew(before.get(path), after.get(path)));
  const regular = fresh.filter((path) => after.get(path)?.type === 'file');
  // What somebody spoils or takes away at the destination was copied, or not: both look the same afterwards.
  const isMeddledWith = ['copy-damaged', 'copy-lost', 'destination-away'].includes(seen.fault);
  const sure = isMeddledWith ? [] : regular.filter((path) => !seen.isTouched(path));
  const all = filesIn(seen.source.before);
  const perhaps = isMeddledWith ? all.length : touchedIn(seen);
  const perhapsBytes = isMeddledWith ? sum(all, seen.source.before, ({ size }) => size) : touchedBytes(seen);
  return {
    files: {
      least: distinct(sure, after).length,
      most: Math.max(fresh.length, regular.length) + perhaps,
    },
    bytes: {
      least: sum(distinct(sure, after), after, ({ size, allocated }) => Math.min(size, allocated)),
      most: sum(regular, after, ({ size }) => size) + perhapsBytes,
    },
  };
}

function isNew(was: Entry | undefined, is: Entry | undefined): boolean {
  if (is === undefined) return false;
  return (
    was === undefined ||
    was.type !== is.type ||
    was.hash !== is.hash ||
    was.target !== is.target ||
    was.mtime !== is.mtime
  );
}

/** One path for each file of several names. */
function distinct(paths: readonly string[], tree: Tree): readonly string[] {
  const seen = new Set<string>();
  return paths.filter((path) => {
    const inode = tree.get(path)?.inode ?? path;
    return !seen.has(inode) && seen.add(inode);
  });
}

function sum(paths: readonly string[], tree: Tree, of: (entry: Entry) => number): number {
  return paths.reduce((all, path) => {
    const entry = tree.get(path);
    return entry ? all + of(entry) : all;
  }, 0);
}

const touchedPaths = (seen: Seen): readonly string[] =>
  [...new Set([...filesIn(seen.source.before), ...filesIn(seen.source.after)])].filter(seen.isTouched);

const touchedIn = (seen: Seen): number => touchedPaths(seen).length;

function touchedBytes(seen: Seen): number {
  const { before, after } = seen.source;
  const size = (path: string): number => Math.max(before.get(path)?.size ?? 0, after.get(path)?.size ?? 0);
  return touchedPaths(seen).reduce((all, path) => all + size(path), 0);
}

/** The contents that an archive holds: each file once and what it allocates at least, every name at most. */
export function packed(seen: Seen): Range {
  const tree = copyOf(seen);
  const regular = filesIn(tree).filter((path) => tree.get(path)?.type === 'file');
  return {
    least: sum(distinct(regular, tree), tree, ({ size, allocated }) => Math.min(size, allocated)),
    most: sum(regular, tree, ({ size }) => size),
  };
}

/** Paths that are gone from the mirror, without those that something of another type took the place of. */
export function gone({ copy }: Seen): { readonly files: number; readonly folders: number } {
  const paths = [...copy.before].filter(([path]) => !isToolsOwn(path) && !copy.after.has(path));
  const folders = paths.filter(([, { type }]) => type === 'folder').length;
  return { files: paths.length - folders, folders };
}
