import { isAtLeast } from '../../core/views/versions.js';

/** What an rsync can do. `null`: it was not told, so it is not relied on where something else will do. */
export interface Abilities {
  /** Major, minor, patch. */
  readonly version: readonly number[] | null;
  readonly acls: boolean | null;
  readonly xattrs: boolean | null;
  readonly hardLinks: boolean | null;
  /** As people read it: `rsync 3.1.3`. */
  readonly name: string;
}

/** The oldest rsync that can be on the other side. */
export const OLDEST_THERE = [3, 0, 9] as const;
/** The oldest rsync here: older ones know neither --info nor --outbuf. */
export const OLDEST_HERE = [3, 1, 0] as const;

/** Since which version rsync knows an option that the other side has to know, too. */
const SINCE = {
  '--info': [3, 1, 0],
  '--chown': [3, 1, 0],
  '--mkpath': [3, 2, 3],
  '--fsync': [3, 2, 4],
} as const;

/** From what `rsync --version` prints; its first line alone says nothing of what it was built with. */
export function abilitiesIn(text: string): Abilities {
  const [, major, minor, patch] = /^rsync +version v?(\d+)\.(\d+)\.(\d+)/m.exec(text) ?? [];
  const version = major === undefined ? null : [Number(major), Number(minor), Number(patch)];
  const [, list] = /^Capabilities:\n((?: .*\n?)+)/m.exec(text) ?? [];
  const words = list?.split(',').map((word) => word.trim());
  const has = (word: string): boolean | null => {
    if (words?.includes(word)) return true;
    return words?.includes(`no ${word}`) ? false : null;
  };
  const name = version === null ? UNKNOWN.name : `rsync ${version.join('.')}`;
  return { version, acls: has('ACLs'), xattrs: has('xattrs'), hardLinks: has('hardlinks'), name };
}

export const UNKNOWN: Abilities = {
  ...{ version: null, acls: null, xattrs: null, hardLinks: null },
  name: 'an rsync of unknown version',
};

/** Of the oldest version that speaks a protocol: all that a daemon tells of itself. */
export function abilitiesOfProtocol(protocol: number): Abilities {
  if (protocol >= 32) return { ...UNKNOWN, version: [3, 4, 0], name: 'rsync 3.4 or newer' };
  if (protocol === 31) return { ...UNKNOWN, version: [3, 1, 0], name: 'an rsync older than 3.4' };
  if (protocol === 30) return { ...UNKNOWN, version: [3, 0, 9], name: 'an rsync older than 3.1' };
  return { ...UNKNOWN, version: [2, 6, 9], name: 'an rsync older than 3.0' };
}

/** Does an rsync know the option? One whose version is unknown does not. */
export function knows({ version }: Abilities, option: keyof typeof SINCE): boolean {
  return version !== null && isAtLeast(version, SINCE[option]);
}
