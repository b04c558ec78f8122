import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { isAtLeast } from '../../core/views/versions.js';
import { type Abilities, knows } from './abilities.js';
import { hostOf, placeKind } from './place.js';

/** What is used of rsync: only what both sides can. */
export interface BothSides {
  /** With the options that leave out what one side can't. */
  readonly fields: DockerVolumesFields;
  readonly fsync: boolean;
  /** The other side knows --info, which a copy with names and deletions in its output would hand over. */
  readonly info: boolean;
  readonly blockers: readonly Notice[];
  readonly warnings: readonly Notice[];
}

/** @param there null for a folder of this host */
export function bothSides(fields: DockerVolumesFields, here: Abilities, there: Abilities | null): BothSides {
  const sides = there === null ? [here] : [here, there];
  const isMissing = (what: 'acls' | 'xattrs' | 'hardLinks'): boolean =>
    sides.some((side) => side[what] === false);
  const gaps = [
    ...(isMissing('acls') ? [{ option: '--no-acls', name: 'ACLs' }] : []),
    ...(isMissing('xattrs') ? [{ option: '--no-xattrs', name: 'extended attributes' }] : []),
    ...(isMissing('hardLinks') ? [{ option: '--no-hard-links', name: 'hard links' }] : []),
  ].filter(({ option }) => !fields.options.includes(option));
  const isRemote = placeKind(fields.destination) !== 'local';
  const fsync = isRemote && there !== null && knows(here, '--fsync') && knows(there, '--fsync');
  const lost = [
    ...(gaps.length > 0 ? [`${and(gaps.map(({ name }) => name))} can’t be kept`] : []),
    ...(isRemote && !fsync ? ['files can’t be flushed to disk'] : []),
  ];
  return {
    fields: { ...fields, options: [...fields.options, ...gaps.map(({ option }) => option)] },
    fsync,
    info: there === null || knows(there, '--info'),
    blockers: [...tooNew(fields, here, there)],
    warnings: lost.length === 0 ? [] : [lostThere(fields, here, there, lost)],
  };
}

function lostThere(
  { destination }: DockerVolumesFields,
  here: Abilities,
  there: Abilities | null,
  lost: readonly string[],
): Notice {
  const isHere = there === null || !knows(here, '--fsync');
  const who = isHere
    ? phrase`This host has ${here.name}`
    : phrase`${code(hostOf(destination))} has ${there.name}`;
  return notice(
    'destination_limits',
    phrase`${who}: ${and(lost)} there.`,
    phrase`Install rsync 3.2.4 or newer ${isHere ? 'here' : 'there'} if you need that.`,
  );
}

/** Options that an intent may ask for, and since which version both sides know them. */
const NEEDS = [
  { option: '--mkpath', since: [3, 2, 3] },
  { option: '--chown', since: [3, 1, 0] },
] as const;

/** Options of the intent that the other side, or this one, is too old for. */
function tooNew(
  { options, destination }: DockerVolumesFields,
  here: Abilities,
  there: Abilities | null,
): Notice[] {
  const wanted = NEEDS.filter(({ option }) => options.some((one) => one.split('=')[0] === option));
  return wanted.flatMap(({ option, since }) =>
    [here, there].flatMap((side, index) => {
      if (!side?.version || isAtLeast(side.version, since)) return [];
      const who = index === 0 ? phrase`this host` : phrase`${code(hostOf(destination))}`;
      return [
        notice(
          'tool_unsuitable',
          phrase`${code(option)} needs rsync ${since.join('.')}, and ${who} has ${side.name}.`,
          phrase`Install a newer rsync there, or remove the option from the intent.`,
        ),
      ];
    }),
  );
}

/** `a`, `a and b`, `a, b and c`. */
function and(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
