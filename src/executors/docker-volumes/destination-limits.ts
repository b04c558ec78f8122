import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import type { Json } from '../../core/model/plan.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { formatCount } from '../../core/text/format.js';
import { lostBeforeNotice, lostIn } from './attributes.js';
import { type FileSystem, fileSystemOf } from './file-system.js';
import { leftOutIn, leftOutNotice } from './left-out.js';
import { foreignNotice } from './owners.js';
import { unholdableReader } from './unholdable.js';

/** What the destination can't keep, as far as reading can tell. */
export interface DestinationLimits {
  /** With the options that leave out the attributes which it has no place for. */
  readonly fields: DockerVolumesFields;
  /** The dry run has to name also what needs no change. */
  readonly isNamingAll: boolean;
  /** What it holds is known; else it is tried before anything is replaced. */
  readonly isTold: boolean;
  /** Takes every line of the dry run. */
  readonly onLine: (line: string) => void;
  readonly blockers: () => readonly Notice[];
  /** @param files how many the source has */
  readonly warnings: (files: number, remembered: Json) => readonly Notice[];
}

export interface Destination {
  /** The nearest folder of this host that is there; null for another host. */
  readonly nearest: string | null;
  /** The user who writes there; null when it is not known. */
  readonly uid: number | null;
  /** Both sides know --info. */
  readonly info: boolean;
  /** The type of another host's file system says that it holds everything. */
  readonly isTold: boolean;
}

/** @param real the resolved source */
export async function destinationLimits(
  asked: DockerVolumesFields,
  real: string,
  { nearest, uid, info, ...there }: Destination,
  host: Host,
): Promise<DestinationLimits> {
  const { system, isTold } =
    nearest === null ? { system: null, isTold: there.isTold } : await fileSystemOf(host, nearest);
  const added = system === null ? [] : missingOptions(asked, system);
  const naming = asked.options.includes('--safe-links') && info ? ['--info=name1'] : [];
  const fields = { ...asked, options: [...asked.options, ...added, ...naming] };
  const foreign = await foreignNotice(host, real, fields, uid);
  const unholdable = system === null ? null : unholdableReader(system);
  const leftOut: string[] = [];
  return {
    fields,
    isTold,
    isNamingAll: unholdable !== null,
    onLine: (line) => {
      unholdable?.onLine(line);
      const name = leftOutIn(line);
      if (name !== null) leftOut.push(name);
    },
    blockers: () => unholdable?.blockers(fields.destination) ?? [],
    warnings: (files, remembered) =>
      [
        ...(added.length > 0 && system !== null ? [without(fields, system, files)] : []),
        ...(system?.isWithoutOwners ? [unmounted(fields, system)] : []),
        foreign,
        leftOutNotice(leftOut, fields.options),
        lostBeforeNotice(fields.destination, lostIn(remembered)),
      ].flatMap((one) => (one === null ? [] : [one])),
  };
}

/** Attributes that a plain file system has no place for; with them each run would end with errors. */
const ATTRIBUTES = ['--no-owner', '--no-group', '--no-perms', '--no-acls', '--no-xattrs', '--no-hard-links'];

function missingOptions(
  { options }: DockerVolumesFields,
  { isPlain, window }: FileSystem,
): readonly string[] {
  if (!isPlain) return [];
  const hasWindow = options.some((option) => option.startsWith('--modify-window='));
  return [
    ...ATTRIBUTES.filter((option) => !options.includes(option)),
    ...(hasWindow ? [] : [`--modify-window=${window}`]),
  ];
}

function without({ destination }: DockerVolumesFields, { name }: FileSystem, files: number): Notice {
  const has = files === 1 ? 'is' : 'are';
  return notice(
    'destination_limits',
    phrase`${code(destination)} is ${name}: ${formatCount(files, 'file')} ${has} there without owner, mode, ACLs, extended attributes and hard links.`,
    phrase`Choose a destination with a Linux file system if you need them, or an archive (${code('backup_type: files')}).`,
  );
}

function unmounted({ destination }: DockerVolumesFields, { name }: FileSystem): Notice {
  return notice(
    'attributes_lost',
    phrase`${code(destination)} is ${name}, mounted without ${code('permissions')}: owners and modes can’t be kept.`,
    phrase`Mount it with the option ${code('permissions')} if you need them.`,
  );
}
