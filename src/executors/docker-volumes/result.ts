import { code, type Phrase, phrase } from '../../core/model/phrase.js';
import { formatBytes, formatCount } from '../../core/text/format.js';
import type { MirrorData } from './data.js';
import { howChecked } from './how-checked.js';
import { countOf } from './steps.js';
import type { Tally } from './tally.js';

/** What a run did and what is so now, as it was counted. */
export function resultText(data: MirrorData, tally: Tally, took: string): readonly Phrase[] {
  const { copied, copiedBytes, deleted } = tally;
  const done =
    copied > 0
      ? phrase`${formatBytes(copiedBytes)} (${formatCount(copied, 'file')}) copied in ${took}.`
      : deleted.length > 0
        ? phrase`Nothing had to be copied.`
        : phrase`Nothing had to be copied, seen in ${took}.`;
  return [done, ...foundText(data, tally), ...deletedText(data, deleted)];
}

function foundText(data: MirrorData, { found }: Tally): readonly Phrase[] {
  if (found === null) return [];
  const { destination } = data;
  const how = howChecked(data);
  const { files, equal } = found;
  if (equal === files) {
    return [phrase`${code(destination)} has all ${formatCount(files, 'file')}, ${how}.`];
  }
  const all = formatCount(files, 'file');
  return [
    phrase`${code(destination)} has ${equal.toLocaleString('en-US')} of ${all} as they are now, ${how}.`,
  ];
}

function deletedText(data: MirrorData, deleted: readonly string[]): readonly Phrase[] {
  const { inTheWay, replaced, deletions } = data;
  const shown = inTheWay.length + replaced.length + deletions.length;
  if (shown === 0) return [];
  if (deleted.length === shown) return [phrase`${countOf(deleted)} deleted, as shown.`];
  const rest = shown - deleted.length;
  return [
    phrase`${deleted.length.toLocaleString('en-US')} of ${shown.toLocaleString('en-US')} shown deletions made. ${rest.toLocaleString('en-US')} not: in the source again, gone already, or not empty.`,
  ];
}

/** What is said where nobody can tell how far the deletions got. */
export const MAYBE_DELETED = phrase`Some of the deletions that were shown may have been made; nothing else was deleted.`;

/** @param gone what a look at the destination found missing of what was shown; null where it can't be told */
export function deletedOnFailure(gone: readonly string[] | null): Phrase {
  if (gone === null) return MAYBE_DELETED;
  return gone.length === 0
    ? phrase`Nothing was deleted.`
    : phrase`${countOf(gone)} had been deleted, all from the list that was shown.`;
}
