import { code, phrase } from '../../core/model/phrase.js';
import { notice } from '../../core/model/reasons.js';
import type { Complaint } from './complaint.js';

const CANNOT =
  '(?:Operation not permitted|Operation not supported|Function not implemented|Invalid argument)';

/** What no file system's type told before: rsync could not make it there. The way out leaves it out. */
export const limitComplaints: readonly Complaint[] = [
  limit(new RegExp(`symlink "(.*?)" (?:-> ".*" )?failed: ${CANNOT}`), 'can’t hold symlinks', ['--no-links']),
  limit(
    new RegExp(`mknod "(.*?)"(?: \\(in .*\\))? failed: (?:${CANNOT}|File exists)`),
    'can’t hold devices, FIFOs and sockets',
    ['--no-devices', '--no-specials'],
  ),
  limit(new RegExp(`chown "(.*?)"(?: \\(in .*\\))? failed: ${CANNOT}`), 'can’t keep owners', [
    '--no-owner',
    '--no-group',
  ]),
  limit(new RegExp(`failed to set permissions on "(.*?)"(?: \\(in .*\\))?: ${CANNOT}`), 'can’t keep modes', [
    '--no-perms',
  ]),
  limit(
    new RegExp(`(?:lsetxattr|lremovexattr|rsync_xal_\\w+).*?"(.*?)".* failed: ${CANNOT}`),
    'can’t keep extended attributes',
    ['--no-xattrs'],
  ),
  limit(
    new RegExp(`(?:sys_acl_\\w+|set_acl\\w*|rsync_acl\\w*)\\W.*?(\\S*): .*${CANNOT}`),
    'can’t keep ACLs',
    ['--no-acls'],
  ),
  {
    says: /"([^"\n]*?)"(?: \(in .*\))? failed: (File name too long|Invalid argument|File too large)/,
    means: ({ destination }, [, path = '', why = '']) =>
      notice(
        'destination_limits',
        why === 'File too large'
          ? phrase`${code(destination)} can’t hold a file as large as ${code(path)}.`
          : phrase`${code(destination)} can’t hold the name of ${code(path)} (${why.toLowerCase()}).`,
        phrase`Leave it out (${code('exclude')} in the intent), or choose another destination.`,
      ),
  },
];

function limit(says: RegExp, what: string, options: readonly string[]): Complaint {
  return {
    says,
    means: ({ destination }, [, path = '']) =>
      notice(
        'destination_limits',
        phrase`${code(destination)} ${what}: ${code(path)} is one of those in the source.`,
        phrase`Add ${code(options.join(', '))} to the intent’s options to leave that out, or choose another destination.`,
      ),
  };
}
