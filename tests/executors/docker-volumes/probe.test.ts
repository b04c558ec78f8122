import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DockerVolumesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import type { Host } from '../../../src/core/ports/host.js';
import type { MirrorData } from '../../../src/executors/docker-volumes/data.js';
import { dockerVolumes } from '../../../src/executors/docker-volumes/executor.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, testWith, unmount } from '../support/needs.js';
import { put, tool } from '../support/trees.js';
import { startDaemon } from './servers.js';

let lab: Lab;
let fields: DockerVolumesFields;
let undo: (() => void)[] = [];

beforeEach(() => {
  lab = new Lab();
  for (const folder of ['dst', 'disk', 'src']) mkdirSync(lab.path(folder));
  put(lab.path('src', 'a.txt'), 'a');
  fields = {
    ...{ source: lab.path('src'), destination: lab.path('dst'), exclude: [], options: [] },
    ...{ mirror: true, max_delete: 1000, require_mount: false, password_secret: null },
  };
});
afterEach(() => {
  for (const one of undo.reverse()) one();
  undo = [];
  lab.clean();
});

const testFuse = testWith('bindfs, NTFS and exFAT', isRoot && has('bindfs') && has('mkntfs', '-V'));

/** A disk at `disk`. */
function mountDisk(make: readonly [string, ...string[]], mount: readonly [string, ...string[]]): void {
  const image = lab.path('disk.img');
  tool('truncate', '-s', '64M', image);
  tool(make[0], ...make.slice(1), image);
  const device = tool('losetup', '--find', '--show', image).trim();
  undo.push(() => tool('losetup', '--detach', device));
  const [program, ...options] = mount;
  // Not piped: what stays in the background would hold the pipe open.
  spawnSync(program, [...options, device, lab.path('disk')], { stdio: 'ignore' });
  undo.push(() => unmount(lab.path('disk')));
}

const EXFAT = () => mountDisk(['mkfs.exfat'], ['mount.exfat-fuse']);
const NO_CASE = () =>
  mountDisk(['mkntfs', '-q', '-F', '-Q'], ['lowntfs-3g', '-o', 'ignore_case,permissions']);

/** Shows the disk at `dst`, where nothing tells of which type it is. */
function hideType(): void {
  spawnSync('bindfs', [lab.path('disk'), lab.path('dst')], { stdio: 'ignore' });
  undo.push(() => unmount(lab.path('dst')));
  expect(tool('findmnt', '-no', 'FSTYPE', lab.path('dst')).trim()).toBe('fuse');
}

async function planned(): Promise<PlanPart<MirrorData>> {
  const part = await lab.plan(dockerVolumes, fields);
  expect(codes(part.blockers)).toEqual([]);
  return part;
}

/** Nothing of the scratch folders is there any more. */
function expectNoScratch(part: PlanPart<MirrorData>, at = lab.path('dst')): void {
  expect(readdirSync(at).filter((name) => name.startsWith('.chatops-probe'))).toEqual([]);
  expect(existsSync(part.data.probe?.folder ?? '')).toBe(false);
}

describe('a destination of a type that says nothing', () => {
  testFuse('is tried first, and a source with names that it takes for one ends the run', async () => {
    NO_CASE();
    hideType();
    put(lab.path('src', 'B.txt'), 'big');
    put(lab.path('src', 'b.txt'), 'small');
    const part = await planned();
    expect(plain(part.steps[0]?.title ?? [])).toContain('Try in a scratch folder what');
    const result = await dockerVolumes.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'destination_limits' });
    expect(said(result)).toMatch(
      /upper and lower case are the same: B\.txt and b\.txt would overwrite each other/,
    );
    expect(said(result)).toContain('Nothing was copied, replaced or deleted.');
    expect(readdirSync(lab.path('dst'))).toEqual([]);
    expect(lab.artifacts).toEqual([]);
    expectNoScratch(part);
  });

  testFuse('does its work where the source has nothing that it can’t keep', async () => {
    NO_CASE();
    hideType();
    const part = await planned();
    const result = await dockerVolumes.run(part, lab.runContext());
    expect([result.state, said(result)]).toEqual(['succeeded', expect.stringContaining('has all 1 file')]);
    expect(readdirSync(lab.path('dst'))).toEqual(['a.txt']);
    expect(lab.steps.slice(0, 2)).toEqual(['0 running', '0 done']);
    expectNoScratch(part);
  });

  testFuse.each<[string, string, () => void]>([
    ['symlinks', '1 symlink of the source: link', () => symlinkSync('a.txt', lab.path('src', 'link'))],
    ['FIFOs', '1 FIFO or socket of the source: pipe', () => void tool('mkfifo', lab.path('src', 'pipe'))],
    ['signs in names', '1 name of the source: what?', () => put(lab.path('src', 'what?'), 'x')],
    ['hard links', 'can’t keep hard links', () => linkSync(lab.path('src', 'a.txt'), lab.path('src', 'z'))],
  ])('that can’t hold %s ends the run before anything is replaced', async (_what, told, make) => {
    EXFAT();
    hideType();
    put(lab.path('dst', 'a.txt'), 'of last time');
    make();
    fields = { ...fields, options: ['--no-owner', '--no-group', '--no-perms', '--no-acls', '--no-xattrs'] };
    const part = await planned();
    const result = await dockerVolumes.run(part, lab.runContext());
    expect([result.reason, said(result)]).toEqual(['destination_limits', expect.stringContaining(told)]);
    expect(tool('cat', lab.path('dst', 'a.txt'))).toBe('of last time');
    expectNoScratch(part);
  });

  testFuse('that holds everything takes everything', async () => {
    spawnSync('bindfs', [lab.path('disk'), lab.path('dst')], { stdio: 'ignore' });
    undo.push(() => unmount(lab.path('dst')));
    for (const name of ['B', 'b', 'what?', 'end.', '\u00e9', 'e\u0301']) put(lab.path('src', name), name);
    symlinkSync('a.txt', lab.path('src', 'link'));
    linkSync(lab.path('src', 'a.txt'), lab.path('src', 'z'));
    const part = await planned();
    const result = await dockerVolumes.run(part, lab.runContext());
    expect([result.state, said(result)]).toEqual(['succeeded', expect.stringContaining('has all 9 files')]);
    expectNoScratch(part);
  });

  testFuse('is tidied up after a process that was killed while it tried', async () => {
    NO_CASE();
    hideType();
    put(lab.path('dst', 'kept'), 'x');
    const part = await planned();
    await new Promise<void>((resolve) => {
      // Dead from here on: nothing that it waits for ever comes.
      lab.adapt = (host): Host => ({
        ...host,
        exec: (argv, options) => {
          if (argv.join() !== part.data.probe?.check.join()) return host.exec(argv, options);
          resolve();
          return new Promise(() => {});
        },
      });
      void dockerVolumes.run(part, lab.runContext());
    });
    lab.adapt = (host) => host;
    expect(existsSync(lab.path('dst', part.data.probe?.name ?? ''))).toBe(true);
    const report = await dockerVolumes.recover(part, lab.journal, lab.runContext());
    expect(report.summary.map(plain)).toEqual(['Nothing had been copied yet.']);
    expect(readdirSync(lab.path('dst'))).toEqual(['kept']);
    expectNoScratch(part);
  });
});

test('a destination whose type tells is not tried', async () => {
  const part = await planned();
  expect(part.data.probe).toBeNull();
  expect(plain(part.steps[0]?.title ?? [])).toMatch(/^Copy /);
});

describe('an rsync daemon', () => {
  const testDaemon = testWith('NTFS', isRoot && has('mkntfs', '-V'));

  async function serveDisk(): Promise<void> {
    NO_CASE();
    chmodSync(lab.root, 0o755);
    const { server, port } = await startDaemon(lab, { disk: { path: lab.path('disk') } });
    undo.push(() => void server.kill('SIGKILL'));
    fields = { ...fields, destination: `rsync://127.0.0.1:${port}/disk/mirror` };
    mkdirSync(lab.path('disk', 'mirror'));
    put(lab.path('disk', 'mirror', 'old'), 'of last time');
  }

  testDaemon('is tried, and only the scratch folder is deleted there', async () => {
    await serveDisk();
    put(lab.path('src', 'Docs', 'x'), 'x');
    put(lab.path('src', 'docs', 'x'), 'another');
    const part = await planned();
    const result = await dockerVolumes.run(part, lab.runContext());
    expect([result.reason, said(result)]).toEqual([
      'destination_limits',
      expect.stringContaining('Docs and docs would overwrite each other'),
    ]);
    expect(readdirSync(lab.path('disk', 'mirror'))).toEqual(['old']);
    expectNoScratch(part, lab.path('disk', 'mirror'));
  });

  testDaemon('is tidied up after a process that was killed before it could', async () => {
    await serveDisk();
    const part = await planned();
    const { name = '' } = part.data.probe ?? {};
    put(lab.path('disk', 'mirror', name, 'case', 'B'), 'upper');
    await dockerVolumes.recover(part, [{ kind: 'probe', data: null }], lab.runContext());
    expect(readdirSync(lab.path('disk', 'mirror'))).toEqual(['old']);
    expectNoScratch(part, lab.path('disk', 'mirror'));
  });
});
