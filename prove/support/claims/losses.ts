import { allTold, copyOf, isToolsOwn, type Seen } from './seen.js';
import type { Entry, Tree } from './tree.js';

/** What can be lost of an entry. */
type Loss =
  | 'missing'
  | 'type'
  | 'contents'
  | 'time'
  | 'mode'
  | 'owner'
  | 'attributes'
  | 'hard links'
  | 'holes'
  | 'device';

/** What has to be said, before or after, where so much of the source isn't in a copy that succeeded. Null: nothing excuses it. */
const SAID: Readonly<Record<Loss, RegExp | null>> = {
  missing: /left out|can.t (be kept|hold|keep)|not copied|skip/i,
  type: null,
  contents: /had not to be copied when the run began: changed here or there/,
  time: /time/i,
  mode: /permission|mode/i,
  owner: /owner/i,
  attributes: /attribute|ACL|capabilit/i,
  'hard links': /hard link/i,
  holes: /hole|sparse/i,
  device: /device/i,
};

/** Seconds that a time may be off: what exFAT can hold. */
const WINDOW_NS = 2_000_000_000n;

/** Of each kind, the paths that were there all the time and lost it. */
export function losses(seen: Seen): ReadonlyMap<Loss, readonly string[]> {
  const { before, after } = seen.source;
  const copy = copyOf(seen);
  const found = new Map<Loss, string[]>();
  for (const [path, entry] of before) {
    const now = after.get(path);
    // A socket holds nothing; who restores one has nothing.
    if (now === undefined || seen.isTouched(path) || isToolsOwn(path) || entry.type === 'socket') continue;
    if (entry.hash !== now.hash || entry.mtime !== now.mtime) continue;
    for (const loss of lossesOf(entry, copy.get(path))) found.set(loss, [...(found.get(loss) ?? []), path]);
  }
  for (const path of brokenLinks(before, copy)) {
    if (!seen.isTouched(path)) found.set('hard links', [...(found.get('hard links') ?? []), path]);
  }
  return found;
}

function lossesOf(entry: Entry, copy: Entry | undefined): readonly Loss[] {
  if (copy === undefined) return ['missing'];
  if (copy.type !== entry.type) return ['type'];
  if (entry.type === 'folder') return [...modes(entry, copy)];
  const lost: Loss[] = [...modes(entry, copy)];
  if (entry.type === 'file') {
    if (entry.hash !== copy.hash) lost.push('contents');
    if (distance(entry.mtime, copy.mtime) > WINDOW_NS) lost.push('time');
    if (entry.allocated * 4 < entry.size && copy.allocated > copy.size / 2) lost.push('holes');
  }
  if (entry.target !== copy.target) lost.push('contents');
  if (entry.device !== copy.device) lost.push('device');
  return lost;
}

function modes(entry: Entry, copy: Entry): readonly Loss[] {
  return [
    ...(entry.mode !== copy.mode && entry.type !== 'link' ? (['mode'] as const) : []),
    ...(entry.owner !== copy.owner ? (['owner'] as const) : []),
    ...(entry.attributes !== copy.attributes ? (['attributes'] as const) : []),
  ];
}

function distance(one: bigint, other: bigint): bigint {
  return one > other ? one - other : other - one;
}

/** Names of one file in the source that are files of their own in the copy. */
function brokenLinks(source: Tree, copy: Tree): readonly string[] {
  const inodes = new Map<string, string>();
  const broken: string[] = [];
  for (const [path, { type, names, inode }] of source) {
    if (type !== 'file' || names < 2) continue;
    const there = copy.get(path);
    if (there === undefined) continue;
    const first = inodes.get(inode);
    if (first === undefined) inodes.set(inode, there.inode);
    else if (first !== there.inode) broken.push(path);
  }
  return broken;
}

/** What a run that succeeded lost without a word. */
export function lostInSilence(seen: Seen): readonly string[] {
  if (seen.told.state !== 'succeeded') return [];
  const said = allTold(seen);
  return [...losses(seen)].flatMap(([loss, paths]) => {
    if (seen.givenUp.has(loss) || SAID[loss]?.test(said)) return [];
    return [
      `succeeded, but lost without a word: ${loss} of ${paths.length} (${paths.slice(0, 3).join(', ')})`,
    ];
  });
}
