import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Host } from '../../../src/core/ports/host.js';
import { files } from '../../../src/executors/files/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, testWith, unmount } from '../support/needs.js';
import { plant, put, tool } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  mkdirSync(lab.path('src'));
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    compress: 'gzip',
    retention_days: null,
    min_keep: 3,
    require_mount: false,
  };
});
afterEach(() => {
  unmount(lab.path('src'));
  lab.clean();
});

const ARCHIVE = 'photos_20261122_141700.tar.gz';
const inArchive = (): string => tool('tar', '-tvzf', lab.path('dst', ARCHIVE));

/** Mounts an image whose compressed data is damaged in the middle of a file: it answers EIO there, as a dying disk does. */
function mountDamaged(): void {
  const text = Array.from(randomBytes(4_000_000), (byte) => 'abcdefghijk'[byte % 11]).join('');
  put(lab.path('good', 'damaged'), text);
  put(lab.path('good', 'fine'), randomBytes(100_000));
  tool('mksquashfs', lab.path('good'), lab.path('disk.img'), '-comp', 'gzip', '-quiet', '-no-progress');
  const image = readFileSync(lab.path('disk.img'));
  for (let at = 600_000; at < 640_000; at += 1) image[at] = (image[at] ?? 0) ^ 0x5a;
  writeFileSync(lab.path('disk.img'), image);
  tool('mount', '-o', 'loop,ro', lab.path('disk.img'), lab.path('src'));
}

/** Does something while tar packs: the given shell command runs in its place, and packs in the end. */
function whilePacking(script: (src: string) => string): (host: Host) => Host {
  return (host) => ({
    ...host,
    pipe: (argvs, file, options) => {
      const packs = argvs.map((argv) =>
        argv[0] === 'tar' && argv.includes('--create')
          ? ['sh', '-c', script(lab.path('src')), ...argv]
          : argv,
      );
      return host.pipe(packs, file, options);
    },
  });
}

describe('a disk that can’t be read', () => {
  testWith('squashfs and the right to mount', isRoot && has('mksquashfs', '-version'))(
    'fails the run, which names the file and keeps nothing',
    async () => {
      mountDamaged();
      lab.artifacts.push({
        runId: 'r-old',
        intent: 'photos',
        path: lab.path('dst', 'photos_20200101_000000.tar.gz'),
        kind: 'archive',
        ...{ size: 3, sha256: null, files: 2, createdAt: '2020-01-01T00:00:00Z' },
        ...{ verified: 'read', deletedAt: null, origin: null },
      });
      writeFileSync(lab.path('dst', 'photos_20200101_000000.tar.gz'), 'old');
      const part = await lab.plan(files, { ...fields, retention_days: 1, min_keep: 1 });
      expect(part.blockers).toEqual([]);
      const result = await files.run(part, lab.runContext());
      expect(result).toMatchObject({ state: 'failed', reason: 'read_error' });
      expect(said(result)).toMatch(/^damaged can’t be read to the end: the disk reports an error\./);
      expect(tool('ls', lab.path('dst'))).toBe('photos_20200101_000000.tar.gz\n');
      expect(lab.remembered).toBeNull();
    },
  );
});

describe('a file that tar filled up with zeros', () => {
  const LONG = 30_000_000;
  /** The reader of tar's pipe waits while the file changes: tar has read its size, and some of it. */
  const PAUSED = (then: string) => (src: string) =>
    `"$0" "$@" | { dd bs=10240 count=2 iflag=fullblock status=none; ${then.replaceAll('SRC', src)}; cat; }`;

  test('because somebody cut it off is told by name; the archive isn’t verified and replaces none', async () => {
    put(lab.path('src', 'log'), Buffer.alloc(LONG, 'log '));
    put(lab.path('src', 'other'), 'x');
    const part = await lab.plan(files, fields);
    lab.adapt = whilePacking(PAUSED('truncate -s 100000 SRC/log'));
    const deletions = [{ archive: lab.path('dst', 'old.tar.gz'), manifest: null }];
    writeFileSync(lab.path('dst', 'old.tar.gz'), 'old');
    const result = await files.run({ ...part, data: { ...part.data, deletions } }, lab.runContext());
    expect([result.state, said(result)]).toEqual(['succeeded', expect.stringContaining('not verified')]);
    expect(codes(result.warnings).sort()).toEqual(['files_changed', 'retention_failed']);
    expect(result.warnings.map(({ message }) => plain(message)).join()).toContain('log');
    expect(lab.artifacts).toMatchObject([{ verified: 'none' }]);
    expect(tool('ls', lab.path('dst'))).toContain('old.tar.gz\n');
  });

  test('and that is as long and as old as before is one that the disk doesn’t give', async () => {
    put(lab.path('src', 'log'), 'log');
    const old = new Date('2026-01-02T03:04:05.678Z');
    utimesSync(lab.path('src', 'log'), old, old);
    const part = await lab.plan(files, fields);
    lab.adapt = whilePacking(
      () => `"$0" "$@"; echo 'tar: ./log: File shrank by 2 bytes; padding with zeros' >&2; exit 1`,
    );
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'read_error' });
    expect(tool('ls', lab.path('dst'))).toBe('');
  });
});

describe('a source that is a symlink', () => {
  test('to a file is followed: its contents are in the archive', async () => {
    put(lab.path('src', 'app-1.db'), randomBytes(300_000));
    symlinkSync('app-1.db', lab.path('src', 'current.db'));
    const part = await lab.plan(files, { ...fields, source: lab.path('src', 'current.db') });
    expect(plain(part.steps[0]?.title ?? [])).toContain('293 KiB (1 file)');
    expect(await files.run(part, lab.runContext())).toMatchObject({ state: 'succeeded' });
    expect(inArchive()).toMatch(/^-rw\S+ \S+ +300000 .* \.\/app-1\.db\n$/);
    const other = await lab.plan(files, { ...fields, source: lab.path('src', 'current.db') });
    rmSync(lab.path('src', 'current.db'));
    put(lab.path('src', 'app-2.db'), 'new');
    symlinkSync('app-2.db', lab.path('src', 'current.db'));
    const again = await lab.plan(files, { ...fields, source: lab.path('src', 'current.db') });
    expect(again.targets).not.toEqual(other.targets);
  });

  test('and holds nothing but symlinks, pipes and empty folders can’t be confirmed', async () => {
    symlinkSync('nowhere', lab.path('src', 'a'));
    tool('mkfifo', lab.path('src', 'pipe'));
    const part = await lab.plan(files, fields);
    expect(codes(part.blockers)).toEqual(['source_empty']);
    expect(plain(part.blockers[0]?.message ?? [])).toContain('no regular file');
    put(lab.path('src', 'empty'), '');
    expect((await lab.plan(files, fields)).blockers).toEqual([]);
  });
});

describe('a restore by the manifest’s own line', () => {
  const able = isRoot && has('setcap', '-h') && has('setfacl') && has('setfattr');
  testWith('root, setcap, setfacl and setfattr', able)(
    'brings back owners, ACLs, attributes, capabilities, hard links and holes',
    async () => {
      const src = (name: string): string => lab.path('src', name);
      tool('cp', '/bin/true', src('cap'));
      tool('setcap', 'cap_net_raw+ep', src('cap'));
      put(src('acl'), 'x');
      tool('setfacl', '-m', 'u:1234:rw', src('acl'));
      mkdirSync(src('folder'));
      tool('setfacl', '-d', '-m', 'u:1234:rwx', src('folder'));
      put(src('it’s'), 'x');
      tool('setfattr', '-n', 'user.k', '-v', 'v', src('it’s'));
      tool('setfattr', '-n', 'trusted.k', '-v', 'v', src('it’s'));
      tool('chown', '4321:4322', src('acl'));
      tool('ln', src('acl'), src('linked'));
      put(src('holes'), 'x');
      truncateSync(src('holes'), 64 * 1024 * 1024);
      const part = await lab.plan(files, fields);
      expect(part.blockers).toEqual([]);
      await files.run(part, lab.runContext());
      const manifest = JSON.parse(readFileSync(lab.path('dst', `${ARCHIVE}.manifest.json`), 'utf8'));
      expect(manifest).toMatchObject({ verified: 'read', restore: expect.stringContaining(ARCHIVE) });
      tool('sh', '-c', `cd "${lab.path('dst')}" && ${manifest.restore}`);

      const looks = [
        ['getcap', '-r', '.'],
        ['getfacl', '-R', '-n', '.'],
        ['sh', '-c', 'getfattr -R -d -m - . | grep -v system'],
        ['find', '.', '-printf', '%p %y %m %U:%G %n %s %T@\\n'],
      ];
      const look = (folder: string): string[] =>
        looks.map((argv) =>
          tool('env', '-C', folder, ...argv)
            .split('\n')
            .sort()
            .join('\n'),
        );
      const [before, after] = [look(lab.path('src')), look(lab.path('dst', 'restore'))];
      expect(after).toEqual(before);
      expect(before[0]).toContain('cap_net_raw');
      const blocks = Number(tool('stat', '-c', '%b', lab.path('dst', 'restore', 'holes')));
      expect(blocks).toBeLessThan(64);
    },
  );
});

describe('the reason of a failure', () => {
  test('is the line that made tar fail, not the harmless ones before it', async () => {
    plant(lab.path('src'), 3);
    const part = await lab.plan(files, fields);
    lab.adapt = whilePacking(
      () =>
        `"$0" "$@"; echo 'tar: ./pg.sock: socket ignored' >&2; echo 'tar: ./a: Cannot open: Permission denied' >&2;
         echo 'tar: Exiting with failure status due to previous errors' >&2; exit 2`,
    );
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'source_unreadable' });
    expect(said(result)).toMatch(/^a can’t be read, so the copy would be incomplete: .*Permission denied/);
  });

  test('is an error of the disk, also beside files that changed', async () => {
    plant(lab.path('src'), 3);
    const part = await lab.plan(files, fields);
    lab.adapt = whilePacking(
      () => `"$0" "$@"; echo 'tar: ./b: file changed as we read it' >&2;
        echo 'tar: ./a: Read error at byte 0, while reading 512 bytes: Input/output error' >&2; exit 1`,
    );
    expect(await files.run(part, lab.runContext())).toMatchObject({ state: 'failed', reason: 'read_error' });
  });

  test('is none where tar, called by a path, only says that a file changed', async () => {
    plant(lab.path('src'), 3);
    const part = await lab.plan(files, fields);
    lab.adapt = whilePacking(
      () => `"$0" "$@"; echo '/usr/bin/tar: ./b: file changed as we read it' >&2; exit 1`,
    );
    const result = await files.run(part, lab.runContext());
    expect([result.state, ...codes(result.warnings)]).toEqual(['succeeded', 'files_changed']);
  });

  test('is no success because of a line that nobody knows', async () => {
    plant(lab.path('src'), 3);
    const part = await lab.plan(files, fields);
    lab.adapt = whilePacking(() => `"$0" "$@"; echo 'tar: something new' >&2; exit 1`);
    const result = await files.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'command_failed' });
    expect(said(result)).toContain('something new');
  });
});
