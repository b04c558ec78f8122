import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest } from '@jest/globals';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { planSnapshot } from '../../../src/executors/snapshots/plan.js';
import { recoverSnapshot } from '../../../src/executors/snapshots/recover.js';
import { runSnapshot } from '../../../src/executors/snapshots/run.js';
import { codes, Lab, said } from '../support/lab.js';
import { has, isRoot, testWith, unmount } from '../support/needs.js';
import { plant, tool } from '../support/trees.js';

jest.setTimeout(60_000);

const snapshots = { kind: 'files', plan: planSnapshot, run: runSnapshot, recover: recoverSnapshot } as const;
const testExfat = testWith('exFAT and bindfs', isRoot && has('mkfs.exfat', '-V') && has('bindfs'));

let lab: Lab;
let fields: FilesFields;
let undo: (() => void)[] = [];

beforeEach(() => {
  lab = new Lab();
  plant(lab.path('src'), 12);
  for (const folder of ['disk', 'dst']) mkdirSync(lab.path(folder));
});
afterEach(() => {
  for (const one of undo.reverse()) one();
  undo = [];
  lab.clean();
});

const MOUNT = 'mount.exfat-fuse';

/** A real exFAT at `disk`. */
function mountExfat(): void {
  tool('truncate', '-s', '64M', lab.path('disk.img'));
  tool('mkfs.exfat', lab.path('disk.img'));
  const device = tool('losetup', '--find', '--show', lab.path('disk.img')).trim();
  undo.push(() => tool('losetup', '--detach', device));
  // Not piped: what stays in the background would hold the pipe open.
  spawnSync(MOUNT, [device, lab.path('disk')], { stdio: 'ignore' });
  undo.push(() => unmount(lab.path('disk')));
}

function into(destination: string): void {
  fields = {
    ...{ source: lab.path('src'), destination, exclude: [], compress: 'none', link_dest: true },
    ...{ retention_days: null, min_keep: 3, require_mount: false },
  };
}

describe('snapshots on exFAT', () => {
  testExfat.each([
    ['the disk itself', []],
    ['a folder of it that is not there yet', ['new']],
  ])('are refused in the preview: %s', async (_where, below) => {
    mountExfat();
    into(lab.path('disk', ...below));
    const { blockers } = await lab.plan(snapshots, fields);
    expect(codes(blockers)).toEqual(['destination_limits']);
    expect(plain(blockers[0]?.message ?? [])).toBe(
      `${fields.destination} is exFAT, which has no hard links, so each snapshot would be a full copy.`,
    );
    expect(plain(blockers[0]?.remedy ?? [])).toBe(
      'Choose a destination with a Linux file system, or remove link_dest to make archives.',
    );
  });

  testExfat('are refused by the run’s first step where nothing tells of the type', async () => {
    mountExfat();
    spawnSync('bindfs', [lab.path('disk'), lab.path('dst')], { stdio: 'ignore' });
    undo.push(() => unmount(lab.path('dst')));
    expect(tool('findmnt', '-no', 'FSTYPE', lab.path('dst')).trim()).toBe('fuse');
    into(lab.path('dst'));
    const part = await lab.plan(snapshots, fields);
    expect(codes(part.blockers)).toEqual([]);
    const asked: string[] = [];
    lab.adapt = (host) => ({
      ...host,
      exec: (argv, options) => {
        asked.push(String(argv[0]));
        return host.exec(argv, options);
      },
    });
    const result = await snapshots.run(part, lab.runContext());
    expect(result).toMatchObject({ state: 'failed', reason: 'destination_limits' });
    expect(said(result)).toMatch(/^\S+ keeps no hard links: ln: .*(Function not implemented|not permitted)/);
    expect(said(result)).toContain('Nothing half-done is left');
    expect(plain(result.next ?? [])).toContain('remove link_dest to make archives');
    expect(asked).not.toContain('rsync');
    expect(readdirSync(lab.path('disk'))).toEqual([]);
    expect(lab.artifacts).toEqual([]);
  });

  testExfat('can be archives instead, as the way out says', async () => {
    mountExfat();
    into(lab.path('disk'));
    const { files } = await import('../../../src/executors/files/executor.js');
    const { link_dest: _linkDest, ...rest } = fields;
    const part = await lab.plan(files, { ...rest, compress: 'gzip' });
    expect(codes(part.blockers)).toEqual([]);
    expect((await files.run(part, lab.runContext())).state).toBe('succeeded');
    const [archive = ''] = readdirSync(lab.path('disk')).filter((name) => name.endsWith('.tar.gz'));
    expect(tool('tar', '-df', lab.path('disk', archive), '-C', lab.path('src'))).toBe('');
  });
});
