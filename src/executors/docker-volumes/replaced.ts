import type { DockerVolumesFields } from '../../core/model/fields.js';
import { code, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import type { Host } from '../../core/ports/host.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { entriesAt, withoutSlash } from './at-destination.js';
import { lookCommand, type Usable } from './commands.js';
import type { Listing } from './listing.js';
import { readable } from './names.js';

/** What a copy does to what is at the destination already, beyond the deletions that rsync lists. */
export interface Impact {
  /** Deleted by rsync to make room for something of another type, without a word; folders with a slash at the end. */
  readonly replaced: readonly string[];
  /** Overwritten although it is newer than what the source has. */
  readonly newer: readonly string[];
  /** Folders that can't be replaced: what is in them stays. */
  readonly stuck: readonly string[];
}

export const NO_IMPACT: Impact = { replaced: [], newer: [], stuck: [] };

/**
 * Asks the destination about what would be overwritten, and about what is new in a folder that isn't: rsync tells neither
 * of them apart. This walks nothing.
 */
export async function impactOf(
  fields: DockerVolumesFields,
  { listing, stuck }: { readonly listing: Listing; readonly stuck: readonly string[] },
  usable: Pick<Usable, 'info'>,
  host: Host,
): Promise<Impact> {
  const { tops, overwritten, isNew } = listing;
  const asked = isNew ? [] : [...tops, ...overwritten];
  const names = asked.map(({ name }) => withoutSlash(name));
  const there =
    (await entriesAt(names, lookCommand(fields, usable), fields, host)) ?? new Map<string, never>();
  const replaced = tops.flatMap(({ name, type }) => {
    const path = withoutSlash(name);
    const entry = there.get(path);
    return entry === undefined || entry.type === type ? [] : [entry.type === 'd' ? `${path}/` : path];
  });
  const newer = overwritten.filter(({ name, time }) => (there.get(name)?.time ?? '') > time);
  return { replaced, newer: newer.map(({ name }) => name), stuck: stuck.map((path) => `${path}/`) };
}

/** Names in rsync's complaints about folders that are in the way of something else, as it prints them. */
export function stuckIn(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^could not make way for [^:]*: (.+)$/gm)].map(([, name = '']) => name);
}

/** Blocks where something would have to be deleted to make room, and is not to be. */
export function checkReplaced(
  { destination, mirror }: DockerVolumesFields,
  { replaced, stuck }: Impact,
): Notice | null {
  const paths = [...new Set([...(mirror ? [] : replaced), ...stuck])];
  if (paths.length === 0) return null;
  const what = formatCount(paths.length, 'file or folder', 'files and folders');
  const where = phrase`${what} at ${code(destination)} ${paths.length === 1 ? 'is' : 'are'} in the way of something of another type in the source`;
  const named = someOf(paths.map(readable));
  if (mirror) {
    return notice(
      'in_the_way',
      phrase`${where}, with files in it that are excluded: ${named}.`,
      phrase`Move it away, then try again.`,
    );
  }
  return notice('in_the_way', phrase`${where}, and would be deleted: ${named}.`);
}

/** Warns of what is overwritten although it is newer. */
export function newerNotice({ destination }: DockerVolumesFields, { newer }: Impact): Notice | null {
  if (newer.length === 0) return null;
  const what = newer.length === 1 ? phrase`1 file` : phrase`${formatCount(newer.length, 'file')}`;
  return notice(
    'newer_at_destination',
    phrase`${what} at ${code(destination)} ${newer.length === 1 ? 'is' : 'are'} newer than in the source and will be overwritten: ${someOf(newer.map(readable))}.`,
  );
}
