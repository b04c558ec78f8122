import type { ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { Notice } from '../../../src/core/model/reasons.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { Lab, said } from '../support/lab.js';
import { has, isRoot, testWith, unmount } from '../support/needs.js';
import { asNobody } from '../support/nobody.js';
import { put, tool } from '../support/trees.js';
import { startDaemon } from './servers.js';

let lab: Lab;
let fields: DockerVolumesFields;
let server: ChildProcess | null = null;
let loop: string | null = null;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  put(lab.path('src', 'a.txt'), 'a');
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], options: [] },
    ...{ mirror: true, max_delete: 1000, require_mount: false, password_secret: null },
  };
});
afterEach(() => {
  server?.kill('SIGKILL');
  server = null;
  unmount(lab.path('dst'));
  if (loop !== null) tool('losetup', '-d', loop);
  loop = null;
  lab.clean();
});

/** Makes a file system in a file and mounts it at `dst`. */
function mountImage(make: readonly [string, ...string[]], ...mount: [string, ...string[]]): void {
  tool('truncate', '-s', '64M', lab.path('disk.img'));
  tool(...([make[0], ...make.slice(1), lab.path('disk.img')] as [string, ...string[]]));
  loop = tool('losetup', '-f', '--show', lab.path('disk.img')).trim();
  tool(mount[0], loop, lab.path('dst'), ...mount.slice(1));
}

const texts = (notices: readonly Notice[]): string[] =>
  notices.map(({ message, remedy }) => `${plain(message)} ${plain(remedy)}`);

async function blockers(): Promise<string[]> {
  return texts((await lab.plan(dockerVolumes, fields)).blockers);
}

describe('on exFAT', () => {
  const testExfat = testWith('exFAT', isRoot && has('mkfs.exfat', '-V') && has('mount.exfat-fuse', '-V'));

  beforeEach(() => {
    if (isRoot && has('mkfs.exfat', '-V')) mountImage(['mkfs.exfat'], 'mount.exfat-fuse');
  });

  testExfat('names that differ only in case block, folders and files alike, each pair once', async () => {
    for (const name of ['B.txt', 'b.txt', 'Docs/x', 'docs/x', 'docs/y', 'é', 'É'])
      put(lab.path('src', name), name);
    const [first, ...more] = await blockers();
    expect(more).toEqual([]);
    expect(first).toContain('is exFAT, where upper and lower case are the same');
    expect(first).toContain('(and 2 more pairs)');
    fields = { ...fields, exclude: ['/b.txt', '/docs/', '/É'] };
    expect(await blockers()).toEqual([]);
    expect(said(await dockerVolumes.run(await lab.plan(dockerVolumes, fields), lab.runContext()))).toContain(
      'has all 4 files',
    );
    expect(readdirSync(lab.path('dst')).sort()).toEqual(['B.txt', 'Docs', 'a.txt', 'é']);
    // One of them is there by now.
    fields = { ...fields, exclude: ['/docs/', '/É'] };
    expect(await blockers()).toHaveLength(1);
  });

  testExfat('what it can’t hold blocks with a way to leave it out, which is told in the result', async () => {
    symlinkSync('a.txt', lab.path('src', 'current'));
    put(lab.path('src', 'sub', 'note 12:30.txt'), 'x');
    tool('mkfifo', lab.path('src', 'pipe'));
    const all = await blockers();
    expect(all).toEqual([
      expect.stringMatching(/can’t hold 1 symlink of the source: current\. Add --no-links to /),
      expect.stringMatching(/can’t hold 1 FIFO or socket of the source: pipe\. Add --no-specials to /),
      expect.stringMatching(
        /can’t hold 1 name of the source: sub\/note 12:30\.txt\. .*exclude: \["\/sub\/note 12:30\.txt"\]/,
      ),
    ]);
    fields = { ...fields, options: ['--no-links', '--no-specials'], exclude: ['/sub/note 12:30.txt'] };
    const part = await lab.plan(dockerVolumes, fields);
    expect(texts(part.blockers)).toEqual([]);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result.state).toBe('succeeded');
    for (const warnings of [part.warnings, result.warnings]) {
      expect(texts(warnings)).toContainEqual(
        expect.stringContaining(
          '2 entries of the source that are no files or folders are left out (--no-links, --no-specials): current, pipe.',
        ),
      );
      expect(texts(warnings)).toContainEqual(
        expect.stringContaining('without owner, mode, ACLs, extended attributes'),
      );
    }
    expect(said(await dockerVolumes.run(await lab.plan(dockerVolumes, fields), lab.runContext()))).toContain(
      'Nothing had to be copied',
    );
  });
});

describe('on NTFS', () => {
  testWith('NTFS', isRoot && has('mkfs.ntfs', '-V') && has('ntfs-3g', '-V'))(
    'owners and modes that it does not keep are said before, and counted after',
    async () => {
      mountImage(['mkfs.ntfs', '-Q', '-F'], 'ntfs-3g');
      put(lab.path('src', 'b.txt'), 'b');
      chownSync(lab.path('src', 'b.txt'), 999, 999);
      const part = await lab.plan(dockerVolumes, fields);
      expect(texts(part.blockers)).toEqual([]);
      expect(texts(part.warnings)).toContainEqual(expect.stringContaining('mounted without permissions'));
      const result = await dockerVolumes.run(part, lab.runContext());
      expect(result.state).toBe('succeeded');
      const lost = texts(result.warnings).join(' ');
      expect(lost).toMatch(/Owners and groups can’t be kept at \S+: 1 file\./);
      expect(lost).toMatch(/Modes can’t be kept at \S+: 2 files\./);
      expect(statSync(lab.path('dst', 'b.txt')).uid).not.toBe(999);
    },
  );
});

testWith('NTFS', isRoot && has('mkfs.ntfs', '-V') && has('lowntfs-3g', '-V'))(
  'a mount that ignores case is found out by what is there, whatever its type says',
  async () => {
    mountImage(['mkfs.ntfs', '-Q', '-F'], 'lowntfs-3g', '-o', 'ignore_case');
    put(lab.path('src', 'B.txt'), 'big');
    put(lab.path('src', 'b.txt'), 'small');
    put(lab.path('dst', 'sub', 'a.txt'), 'a');
    fields = { ...fields, destination: lab.path('dst', 'sub') };
    expect(await blockers()).toEqual([expect.stringContaining('would overwrite each other')]);
    fields = { ...fields, exclude: ['/b.txt'] };
    expect(await blockers()).toEqual([]);
  },
);

testWith('NTFS', isRoot && has('mkfs.ntfs', '-V') && has('ntfs-3g', '-V'))(
  'NTFS in an image that is mounted without a device is known as what it is',
  async () => {
    tool('truncate', '-s', '64M', lab.path('disk.img'));
    tool('mkfs.ntfs', '-Q', '-F', lab.path('disk.img'));
    tool('ntfs-3g', lab.path('disk.img'), lab.path('dst'));
    const { warnings } = await lab.plan(dockerVolumes, fields);
    expect(texts(warnings).join(' ')).toContain('is NTFS, mounted without permissions');
  },
);

describe('at a daemon that is not root', () => {
  testWith('root and rsync', isRoot && has('rsync'))(
    'lost owners are counted after the copy, and said in the next preview',
    async () => {
      chmodSync(lab.root, 0o755);
      chmodSync(lab.path('dst'), 0o777);
      for (const name of ['db', 'sub/x']) {
        put(lab.path('src', name), name);
        chownSync(lab.path('src', name), 999, 999);
      }
      const daemon = await startDaemon(lab, { m: { path: lab.path('dst'), uid: 'nobody', gid: 'nogroup' } });
      server = daemon.server;
      fields = { ...fields, destination: `rsync://127.0.0.1:${daemon.port}/m/x` };
      const first = await lab.plan(dockerVolumes, fields);
      expect(texts(first.warnings).join(' ')).not.toContain('kept');
      const result = await dockerVolumes.run(first, lab.runContext());
      expect(result.state).toBe('succeeded');
      // All of them: root's own became nobody's, too.
      expect(texts(result.warnings).join(' ')).toMatch(
        /^Owners and groups can’t be kept at \S+: 3 files, 1 folder\. Set uid = root/,
      );
      expect(statSync(lab.path('dst', 'x', 'db')).uid).not.toBe(999);
      const next = await lab.plan(dockerVolumes, fields);
      expect(texts(next.warnings).join(' ')).toMatch(
        /Owners and groups couldn’t be kept at \S+ at the last run: 3 files/,
      );
      expect(statSync(lab.path('src', 'db')).uid).toBe(999);

      fields = { ...fields, options: ['--no-owner', '--no-group'] };
      const accepted = await dockerVolumes.run(await lab.plan(dockerVolumes, fields), lab.runContext());
      expect(texts(accepted.warnings).join(' ')).not.toContain('can’t be kept');
    },
  );

  testWith('root and rsync', isRoot && has('rsync'))(
    'one that is root, or that keeps them aside, loses none',
    async () => {
      chmodSync(lab.root, 0o755);
      chmodSync(lab.path('dst'), 0o777);
      put(lab.path('src', 'db'), 'x');
      chownSync(lab.path('src', 'db'), 999, 999);
      const nobody = { path: lab.path('dst'), uid: 'nobody', gid: 'nogroup' };
      const daemon = await startDaemon(lab, {
        m: { path: lab.path('dst') },
        n: { ...nobody, 'fake super': 'yes' },
      });
      server = daemon.server;
      for (const place of ['m/x', 'n/y']) {
        fields = { ...fields, destination: `rsync://127.0.0.1:${daemon.port}/${place}` };
        const result = await dockerVolumes.run(await lab.plan(dockerVolumes, fields), lab.runContext());
        expect([result.state, texts(result.warnings)]).toEqual(['succeeded', []]);
      }
      expect(
        tool('getfattr', '--only-values', '-n', 'user.rsync.%stat', lab.path('dst', 'y', 'db')),
      ).toContain('999:999');
    },
  );
});

testWith('root and rsync', isRoot && has('rsync'))(
  'a folder on another host that can’t be written to is told as that, with whose right it takes',
  async () => {
    chmodSync(lab.root, 0o755);
    const daemon = await startDaemon(lab, { m: { path: lab.path('dst'), uid: 'nobody', gid: 'nogroup' } });
    server = daemon.server;
    fields = { ...fields, destination: `rsync://127.0.0.1:${daemon.port}/m/x` };
    const part = await lab.plan(dockerVolumes, fields);
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'destination_not_writable' });
    expect(plain(result.next ?? [])).toContain('uid in rsyncd.conf');
  },
);

testWith('root', isRoot)('a bot that is not root says whose files will be its own', async () => {
  lab.adapt = asNobody;
  chmodSync(lab.root, 0o755);
  chmodSync(lab.path('dst'), 0o777);
  fields = { ...fields, destination: lab.path('dst', 'new') };
  const part = await lab.plan(dockerVolumes, fields);
  expect(texts(part.warnings)).toEqual([
    expect.stringContaining('Docker does not let the bot’s user in'),
    expect.stringContaining(
      'The bot is not root (uid 65534), so 2 files and folders of other owners belong to that user',
    ),
  ]);
  const result = await dockerVolumes.run(part, lab.runContext());
  expect(texts(result.warnings)).toEqual(texts(part.warnings).slice(1));
  expect(statSync(lab.path('dst', 'new', 'a.txt')).uid).toBe(65534);
});

test('symlinks that point out of the source are left out with --safe-links, and named', async () => {
  symlinkSync('/etc/passwd', lab.path('src', 'out'));
  symlinkSync('a.txt', lab.path('src', 'in'));
  fields = { ...fields, options: ['--safe-links'] };
  const part = await lab.plan(dockerVolumes, fields);
  const result = await dockerVolumes.run(part, lab.runContext());
  expect(said(result)).toContain('has all 2 files');
  for (const warnings of [part.warnings, result.warnings]) {
    expect(texts(warnings).join(' ')).toMatch(
      /^1 entry of the source that is no file or folder is left out \(--safe-links\): out\./,
    );
  }
  expect(existsSync(lab.path('dst', 'out'))).toBe(false);
});
