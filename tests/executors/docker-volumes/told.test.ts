import { describe, expect, test } from '@jest/globals';
import { plain } from '../../../src/core/phrase.js';
import type { FileSystem } from '../../../src/executors/docker-volumes/file-system.js';
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

const FULL: FileSystem = {
  ...{ name: 'test', isPlain: false, isWithoutOwners: false, ignoresCase: false, normalizes: false },
  ...{ forbidden: null, maxBytes: null, window: 0 },
};

function blockedBy(system: Partial<FileSystem>, lines: readonly string[]): string[] {
  const reader = unholdableReader({ ...FULL, ...system });
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
