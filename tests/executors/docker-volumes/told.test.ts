import { describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/model/phrase.js';
import { complaintIn } from '../../../src/executors/docker-volumes/complaints.js';
import { type FileSystem, FULL } from '../../../src/executors/docker-volumes/file-system.js';
import { tellingLine } from '../../../src/executors/docker-volumes/harmless.js';
import { lookBackCommand } from '../../../src/executors/docker-volumes/look-back.js';
import { pathOf } from '../../../src/executors/docker-volumes/place.js';
import { unholdableReader } from '../../../src/executors/docker-volumes/unholdable.js';

/** As the tools print it; the reason is never their first line. */
const OUTPUTS: readonly (readonly [string, string])[] = [
  [
    'Authorized use only.\nAll access is logged.\nroot@nas: Permission denied (publickey).\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]\nrsync error: unexplained error (code 255) at io.c(285)',
    'root@nas: Permission denied (publickey).',
  ],
  [
    'bash: warning: setlocale: LC_ALL: cannot change locale (en_US)\nWarning: Permanently added "nas" (ED25519) to the list of known hosts.\nrsync: [receiver] mkstemp "/x/.a.Qq" failed: Input/output error (5)\nrsync error: some files/attrs were not transferred (code 23)',
    'rsync: [receiver] mkstemp "/x/.a.Qq" failed: Input/output error (5)',
  ],
  [
    '@@@@@@@@@@@@@@@@@@@@@@\nskipping non-regular file "pipe"\nfile has vanished: "/a/b"\nIO error encountered -- skipping file deletion\nrsync: [sender] read errors mapping "/a/c": Input/output error (5)',
    'rsync: [sender] read errors mapping "/a/c": Input/output error (5)',
  ],
  ['', ''],
];

test.each(OUTPUTS)('of %j the line that tells is picked', (stderr, line) => {
  expect(tellingLine(stderr)).toBe(line);
});

/** What rsync prints where nothing told before that it can't be kept; tried on exFAT and a daemon that isn't root. */
test.each([
  [
    'rsync: [generator] symlink "/mnt/x/l" -> "a" failed: Function not implemented (38)',
    'symlinks',
    '--no-links',
  ],
  ['rsync: [generator] mknod "/mnt/x/fifo" failed: File exists (17)', 'devices', '--no-specials'],
  ['rsync: [generator] chown "/y/." (in m) failed: Operation not permitted (1)', 'owners', '--no-owner'],
  [
    'rsync: [generator] failed to set permissions on "/d5/.": Operation not permitted (1)',
    'modes',
    '--no-perms',
  ],
  [
    'rsync: [receiver] rsync_xal_set: lsetxattr("/mnt/x/a","user.k") failed: Operation not supported (95)',
    'extended attributes',
    '--no-xattrs',
  ],
  [
    'rsync: [receiver] mkstemp "/mnt/x/.note 12:30.txt.w9" failed: Invalid argument (22)',
    'the name',
    'exclude',
  ],
  ['rsync: [receiver] mkstemp "/mnt/x/.long" failed: File name too long (36)', 'the name', 'exclude'],
  ['rsync: [receiver] write failed on "/mnt/x/big" failed: File too large (27)', 'as large as', 'exclude'],
])('%s: told as a limit, with a way to leave it out', (line, what, way) => {
  const stderr = `skipping non-regular file "x"\n${line}\nrsync error: some files/attrs were not transferred (code 23)`;
  const found = complaintIn(stderr, { destination: '/mnt/x', source: '/src', hasSecret: false });
  expect(found?.code).toBe('destination_limits');
  expect(plain(found?.message ?? [])).toContain(what);
  expect(plain(found?.remedy ?? [])).toContain(way);
});

function blockedBy(system: Partial<FileSystem>, lines: readonly string[]): string[] {
  const reader = unholdableReader({ ...FULL, name: 'test', ...system });
  for (const line of lines) reader.onLine(line);
  return reader.blockers('/dst').map(({ message }) => plain(message));
}

describe('what a file system can’t hold', () => {
  const accent = String.raw`>f+++++++++|1|\#303\#251`;
  const twoParts = String.raw`>f+++++++++|1|e\#314\#201`;

  test('two spellings of one name, where it makes them one', () => {
    expect(blockedBy({ normalizes: true }, [accent, twoParts])).toEqual([
      expect.stringContaining('both spellings are the same'),
    ]);
    expect(blockedBy({ ignoresCase: true }, [accent, twoParts])).toEqual([]);
  });

  test('what is there already counts, a folder is no pair with itself, and ß is not SS', () => {
    const lines = ['.f          |1|a', '>f+++++++++|1|A', '.d          |4096|sub/', '.d..t......|4096|sub/'];
    expect(blockedBy({ ignoresCase: true }, lines)).toEqual([expect.stringContaining('a and A')]);
    expect(
      blockedBy({ ignoresCase: true }, [
        String.raw`.f          |1|stra\#303\#237e`,
        '.f          |1|STRASSE',
      ]),
    ).toEqual([]);
    expect(blockedBy({}, lines)).toEqual([]);
  });

  test('names that are no UTF-8, where names are Unicode', () => {
    const lines = [String.raw`>f+++++++++|1|bad\#377\#376`, accent];
    expect(blockedBy({ isUnicode: true }, lines)).toEqual([expect.stringContaining('can’t hold 1 name')]);
    expect(blockedBy({}, lines)).toEqual([]);
  });

  test('files of 4 GiB, and names that are too long, counted as the file system counts', () => {
    const large = blockedBy({ maxBytes: 4 * 1024 ** 3 - 1 }, [
      `>f+++++++++|${4 * 1024 ** 3}|big`,
      `>f+++++++++|${4 * 1024 ** 3 - 1}|fits`,
    ]);
    expect(large).toEqual(['/dst is test, which can’t hold 1 file of 4 GiB or more of the source: big.']);
    const long = String.raw`\#303\#251`.repeat(200);
    expect(blockedBy({}, [`>f+++++++++|1|${long}`])).toHaveLength(1);
    expect(blockedBy({ isPlain: true }, [`>f+++++++++|1|${long}`])).toEqual([]);
  });
});

test('looking back from a daemon is always a dry run that creates nothing', () => {
  const check = [
    'rsync',
    '--dry-run',
    '--stats',
    '-aHAX',
    '--chown=1:1',
    '--exclude=x',
    '--',
    '/src/',
    'rsync://h/m/',
  ];
  expect(lookBackCommand(check, 'rsync://h/m')).toEqual([
    ...['rsync', '--dry-run', '--existing', '--super', '-aHAX', '--exclude=x', '--', 'rsync://h/m/', '/src/'],
  ]);
  expect(lookBackCommand(check, '/dst')).toBeNull();
});

test.each([
  ['rsync://user@host:873/module/a/b', 'a/b'],
  ['rsync://host/module', ''],
  ['host:/a/b', '/a/b'],
  ['user@[::1]:/a', '/a'],
])('the path of %s on the other host is %j', (destination, path) => {
  expect(pathOf(destination)).toBe(path);
});
