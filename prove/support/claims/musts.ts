import { allTold, type Seen } from './seen.js';

/** Nothing went wrong in these that a run could not do its work with. */
const HARMLESS = ['none', 'clock-leaps', 'appear', 'vanish-before-copy', 'deletion-gone', 'deletion-back'];

/** What must not happen, whatever is said. */
export function mustNot(seen: Seen): readonly string[] {
  const { told, fault, struck, place } = seen;
  const wrong: string[] = [];
  // A limit of the destination is found before anybody confirms.
  if (told.state === 'failed' && (HARMLESS.includes(fault) || !struck) && !isRightToFail(seen))
    wrong.push(`failed at ${place}, although nothing went wrong`);
  if (told.state === 'plan_changed' && fault.startsWith('deletion-'))
    wrong.push('asked again for a deletion that was not needed any more');
  if (fault === 'clock-leaps' && seen.kind !== 'docker_volumes') wrong.push(...lostToTheClock(seen));
  return [...wrong, ...excludesHold(seen), ...emptyDatabases(seen)];
}

/** An empty database is no backup. */
function isRightToFail({ kind, source }: Seen): boolean {
  return kind === 'plex' && [...source.before].some(([path, { size }]) => path.endsWith('.db') && size === 0);
}

function lostToTheClock({ good, copy }: Seen): readonly string[] {
  const lost = good.filter((path) => !copy.after.has(path.slice(path.lastIndexOf('/') + 1)));
  return lost.length === 0 ? [] : [`deleted ${lost.length} archives by a clock that leapt`];
}

function excludesHold(seen: Seen): readonly string[] {
  const { excludes, told } = seen;
  if (excludes === null || told.state !== 'succeeded') return [];
  return [
    ...(excludes.packed.length > 0
      ? [`excluded, and in the copy: ${excludes.packed.slice(0, 3).join(', ')}`]
      : []),
    ...excludes.idle
      .filter((pattern) => !allTold(seen).includes(pattern))
      .map((pattern) => `${pattern} excludes nothing, without a word`),
  ];
}

function emptyDatabases({ kind, archive, told }: Seen): readonly string[] {
  if (kind !== 'plex' || archive === null || told.state !== 'succeeded') return [];
  const empty = [...archive.contents].filter(
    ([path, { size, type }]) => type === 'file' && path.endsWith('.db') && size === 0,
  );
  return empty.length === 0 ? [] : [`an empty database passed: ${empty[0]?.[0]}`];
}
