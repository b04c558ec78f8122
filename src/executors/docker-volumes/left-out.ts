import { phrase } from '../../core/model/phrase.js';
import { type Notice, notice } from '../../core/model/reasons.js';
import { formatCount } from '../../core/text/format.js';
import { someOf } from '../shared/wording.js';
import { readable } from './names.js';

/** What rsync says of an entry that its options leave out: symlinks, devices, FIFOs and sockets. */
const LEFT_OUT = /^(?:skipping non-regular file "(.*)"|ignoring unsafe symlink "(.*)" -> ".*")$/;

/** The name of what a line says is left out; null for any other line. */
export function leftOutIn(line: string): string | null {
  const [, skipped, unsafe] = LEFT_OUT.exec(line) ?? [];
  const printed = skipped ?? unsafe;
  return printed === undefined ? null : readable(printed);
}

/** Names what the options of the intent leave out, in the preview and in the result; null when there is nothing. */
export function leftOutNotice(names: readonly string[], options: readonly string[]): Notice | null {
  if (names.length === 0) return null;
  const by = options.filter((option) => /^--(no-(links|devices|specials)|safe-links)$/.test(option));
  return notice(
    'entries_left_out',
    phrase`${formatCount(names.length, 'entry', 'entries')} of the source that ${names.length === 1 ? 'is no file or folder is' : 'are no files or folders are'} left out${by.length > 0 ? phrase` (${by.join(', ')})` : ''}: ${someOf(names)}.`,
  );
}
