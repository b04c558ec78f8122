import { placeKind } from './place.js';

/** Of the check's options: what only counts when sending, or would compare contents once more. */
const ONE_WAY =
  /^--(stats|checksum|ignore-times|chmod=.*|chown=.*|mkpath|safe-links|info=.*|debug=.*|partial-dir=.*|bwlimit=.*)$/;

/**
 * The check with its ends swapped, for a daemon: one that is not root there ignores owners, and its own comparison ignores
 * them too. It stays a dry run, so the source is only compared with.
 * @param check the argv of the dry run after the copy
 * @returns null where the check itself sees owners
 */
export function lookBackCommand(check: readonly string[], destination: string): readonly string[] | null {
  const at = check.indexOf('--');
  const [from, to] = check.slice(at + 1);
  if (placeKind(destination) !== 'daemon' || at < 0 || from === undefined || to === undefined) return null;
  const options = check.slice(1, at).filter((option) => option !== '--dry-run' && !ONE_WAY.test(option));
  // --super: this side compares owners also where it could not set them.
  return ['rsync', '--dry-run', '--existing', '--super', ...options, '--', to, from];
}
