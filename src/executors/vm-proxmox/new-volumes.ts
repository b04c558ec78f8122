import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { someOf } from '../shared/wording.js';
import { type Access, ProxmoxError } from './access.js';
import { type Backup, backups, type Place } from './calls.js';
import { NOTHING_NEW } from './ends.js';

/** After a backup that failed or was ended: is there something new in the storage all the same? Looked at, not assumed. */
export async function newVolumesText(
  access: Access,
  place: Place,
  before: readonly string[],
): Promise<readonly Phrase[]> {
  try {
    return newText(place, before, await backups(access, place));
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    return [
      phrase`What is new in ${code(place.storage)} could not be seen (${code(error.message)}).`,
      UNTOUCHED,
    ];
  }
}

/** The same for a list that was asked for already. */
export function newText(
  { storage }: Pick<Place, 'storage'>,
  before: readonly string[],
  listed: readonly Pick<Backup, 'volid'>[],
): readonly Phrase[] {
  const fresh = listed.map(({ volid }) => volid).filter((volid) => !before.includes(volid));
  if (fresh.length === 0) return [NOTHING_NEW];
  return [
    phrase`New in ${code(storage)} since: ${someOf(fresh)}. Nothing proves that it is complete; don’t rely on it.`,
    UNTOUCHED,
  ];
}

const UNTOUCHED = phrase`The old backups are untouched.`;
