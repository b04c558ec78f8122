import { describe, expect, test } from '@jest/globals';
import { checkRsyncOptions } from '../../../src/core/intent/rsync-options.js';

describe('rsync options', () => {
  test('that are harmless are kept in one form, and what the bot does anyway is left out', () => {
    expect(checkRsyncOptions(['-avzP', '-z', '--stats', '--bwlimit=10m', '-cS', '--exclude=*.tmp'])).toEqual({
      ok: true,
      options: ['--compress', '--bwlimit=10m', '--checksum', '--sparse', '--exclude=*.tmp'],
      mirror: false,
    });
  });

  test.each(['--delete', '--del', '--delete-after', '--delete-before', '--delete-during', '--delete-delay'])(
    '%s means: mirror',
    (option) => {
      expect(checkRsyncOptions(['-a', option])).toEqual({ ok: true, options: [], mirror: true });
    },
  );

  test.each([
    ...['-e', '-e sh', '-esh', '-ze', '--rsh=sh', '--rsh', '--rsync-path=/x', '--rsync-path', '-M--daemon'],
    ...['--remote-option=--x', '--files-from=/etc/shadow', '--log-file=/x', '--daemon', '--config=/x'],
    ...['--remove-source-files', '--delete-excluded', '--delete-missing-args', '--max-delete=5', '--force'],
    ...['--password-file=/x', '--exclude-from=/x', '--filter=. /x', '-f. /x', '-T/tmp', '--temp-dir=/tmp'],
    ...['--link-dest=/x', '--copy-dest=/x', '--backup-dir=/x', '-b', '--inplace', '--append', '-u', '-n'],
    ...['--dry-run', '-L', '-k', '--size-only', '-R', '--relative', '--write-batch=/x', '--out-format=x'],
    ...['--info=progress2', '--chmod=777', '--bwlimit', '--bwlimit=', '--bwlimit=-1', '--bwlimit=1;x'],
    ...['--timeout=0', '--compress=x', '--delete=1', '--exclude=', '--exclude=a\nb', '', '-', '--', '/etc'],
    ...['src/', 'host:/x', '--constructor', '--__proto__', '-a -e sh', '-a\n-e', '--no-links', '--old-args'],
  ])('%j is refused', (option) => {
    expect(checkRsyncOptions(['-a', option])).toEqual({ ok: false, option, why: expect.any(String) });
  });

  test('of the deletion kind say where to write it', () => {
    expect(checkRsyncOptions(['--max-delete=5'])).toMatchObject({
      why: expect.stringContaining('max_delete'),
    });
  });
});
