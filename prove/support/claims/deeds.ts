import { allTold, filesIn, isToolsOwn, type Seen } from './seen.js';

/** What was at the destination and isn't any more, or is of another type now, whoever took it away. */
export function takenAway({ copy }: Seen): readonly string[] {
  return [...copy.before]
    .filter(([path, { type }]) => !isToolsOwn(path) && copy.after.get(path)?.type !== type)
    .map(([path]) => path);
}

/** What the fault itself took away there. */
const TAKEN_BY_FAULT: Readonly<Partial<Record<Seen['fault'], RegExp>>> = {
  'copy-lost': /^z(\/|$)/,
  'deletion-gone': /^left0$/,
};

/** Of {@link takenAway} what nobody but the run can have taken. */
export function takenByRun(seen: Seen): readonly string[] {
  const byFault = seen.struck ? TAKEN_BY_FAULT[seen.fault] : undefined;
  return takenAway(seen).filter((path) => byFault?.test(path) !== true);
}

/** What a run did at the destination that nobody was shown. */
export function doneUnshown(seen: Seen): readonly string[] {
  if (seen.kind !== 'docker_volumes' || seen.told.plan === null) return [];
  if (seen.fault === 'destination-away') return [];
  const shown = shownDeletions(seen);
  // Names that are no UTF-8 are shown as escapes: counted, not compared.
  const isOdd = (path: string): boolean => /[^\x20-\x7e]|\\/.test(path);
  const unshown = takenByRun(seen).filter(
    (path) => !isOdd(path) && !shown.some((one) => one.endsWith(`/${path}`)),
  );
  return [
    ...(unshown.length > 0
      ? [`removed or replaced at the destination, and never shown: ${unshown.slice(0, 5).join(', ')}`]
      : []),
    ...newerOverwritten(seen),
  ];
}

/** Every path of the preview's deletions, without the slash of folders. */
export function shownDeletions({ told }: Seen): readonly string[] {
  const effects = told.plan?.parts.flatMap((part) => part.effects) ?? [];
  return effects
    .filter(({ kind }) => kind === 'delete')
    .flatMap(({ paths = [] }) => paths.map((path) => path.replace(/\/$/, '')));
}

function newerOverwritten(seen: Seen): readonly string[] {
  const { copy, source } = seen;
  const newer = filesIn(copy.before).filter((path) => {
    const [was, is, from] = [copy.before.get(path), copy.after.get(path), source.before.get(path)];
    if (!was || !is || !from || was.type !== 'file' || seen.isTouched(path)) return false;
    return was.mtime > from.mtime + 3_000_000_000n && was.hash !== is.hash;
  });
  if (newer.length === 0) return [];
  const [, count] = /(\d+) (?:files? )?(?:are )?(?:overwritten )?\(?newer there|newer/i.exec(
    allTold(seen),
  ) ?? [null, null];
  if (count === null)
    return [
      `overwritten, though newer at the destination, and never shown so: ${newer.slice(0, 3).join(', ')}`,
    ];
  return [];
}

/** Whoever is told that nothing happened finds nothing changed. */
export function changedThough(seen: Seen): string | null {
  const { before, after } = seen.copy;
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    return !isToolsOwn(path) && !byOthers(seen, path) && (was?.type !== is?.type || was?.hash !== is?.hash);
  });
  return changed.length === 0 ? null : `yet changed: ${changed.slice(0, 3).join(', ')}`;
}

/** A fault itself did that. */
function byOthers({ fault }: Seen, path: string): boolean {
  return fault === 'deletion-gone' && path === 'left0';
}
