import { type Phrase, phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { nameOf } from './archive.js';
import type { Said } from './tar-messages.js';

/** What people have to know of an archive that was made although something changed meanwhile; one notice for each kind. */
export function tarWarnings(said: readonly Said[]): readonly Notice[] {
  const about = (what: Said['what'], write: (count: string, names: Phrase) => Phrase): readonly Notice[] => {
    const names = [...new Set(said.filter((one) => one.what === what).map(nameOf))];
    if (names.length === 0) return [];
    const count = formatCount(names.length, 'file or folder', 'files or folders');
    return [
      notice(what === 'attributes' ? 'attributes_unread' : 'files_changed', write(count, someOf(names))),
    ];
  };
  return [
    ...about(
      'padded',
      (count, names) =>
        phrase`${count} got shorter while it was read; its copy ends in zeros, and the archive isn’t verified: ${names}.`,
    ),
    ...about(
      'changed',
      (count, names) =>
        phrase`${count} changed while being read; the copy may hold a mix of old and new: ${names}.`,
    ),
    ...about('gone', (count, names) => phrase`${count} vanished before being read: ${names}.`),
    ...about(
      'attributes',
      (count, names) => phrase`Extended attributes or ACLs of ${count} could not be read: ${names}.`,
    ),
  ];
}
