import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exec } from '../../src/hosts/exec.js';
import { createFiles } from '../../src/hosts/files.js';
import { createMountTable, parseMountInfo } from '../../src/hosts/mounts.js';
import { pipe } from '../../src/hosts/pipe.js';
import { createUncertainFiles } from '../../src/hosts/uncertain-files.js';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { type HangingMount, hangingMount } from '../support/hanging-mount.js';
import { eventually, recordingScope } from './support/scope.js';

const withFuse = testWith('bindfs for root', isRoot && has('bindfs'));
const NEVER = new AbortController().signal;
const DEADLINE_MS = 700;

let folder: string;
let nas: HangingMount | null = null;
const at = (...names: string[]): string => join(folder, ...names);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chatops-test-'));
  mkdirSync(at('disk', 'sub'), { recursive: true });
  writeFileSync(at('disk', 'file'), 'content');
});
afterEach(async () => {
  await nas?.end();
  nas = null;
  rmSync(folder, { recursive: true, force: true });
});

async function mounted() {
  nas = await hangingMount(at('disk'), at('nas'));
  const table = createMountTable();
  const quick = Object.fromEntries(
    (
      ['stat', 'list', 'realpath', 'access', 'readText', 'remove', 'rename', 'writeText', 'create'] as const
    ).map((name) => [name, DEADLINE_MS] as const),
  );
  const all = createFiles(table, createUncertainFiles(table.has, quick));
  return { nas, all, files: all.for(NEVER) };
}

const NO_ANSWER = () => ({ name: 'NoAnswerError', code: 'ETIMEDOUT', path: at('nas') });

describe('files on a mount that may not answer', () => {
  withFuse('are what they are everywhere, while it does', async () => {
    const { files } = await mounted();
    expect(await files.stat(at('nas/file'))).toMatchObject({ type: 'file', size: 7 });
    expect(await files.stat(at('nas/none'))).toBeNull();
    expect(await files.list(at('nas'))).toEqual(['file', 'sub']);
    expect(await files.realpath(at('nas/sub/../file'))).toBe(at('nas/file'));
    expect(await files.access(at('nas/sub'), 'write')).toBe(true);
    expect((await files.free(at('nas'))).total).toBeGreaterThan(0);
    await files.mkdir(at('nas/a/b'));
    await files.writeText(at('nas/a/b/text'), 'ünïcode\n');
    expect(await files.readText(at('nas/a/b/text'))).toBe('ünïcode\n');
    await files.rename(at('nas/a/b/text'), at('nas/moved'));
    await files.sync(at('nas/moved'));
    await files.create(at('nas/new'));
    await expect(files.create(at('nas/new'))).rejects.toMatchObject({ name: 'HostError', code: 'EEXIST' });
    expect(await files.remove(at('nas/new'))).toBe(true);
    expect(await files.remove(at('nas/new'))).toBe(false);
    await expect(files.list(at('nas/none'))).rejects.toMatchObject({ code: 'ENOENT', path: at('nas/none') });
    expect(readFileSync(at('disk/moved'), 'utf8')).toBe('ünïcode\n');
  });

  withFuse('fail at a deadline when it does not, and at once after that', async () => {
    const { nas, files } = await mounted();
    nas.hang();
    const began = performance.now();
    const many = await Promise.allSettled(Array.from({ length: 12 }, () => files.stat(at('nas/file'))));
    for (const one of many) expect(one).toMatchObject({ status: 'rejected', reason: NO_ANSWER() });
    expect(performance.now() - began).toBeLessThan(DEADLINE_MS + 3000);
    await expect(files.list(at('nas'))).rejects.toMatchObject(NO_ANSWER());
    const again = performance.now();
    for (let at_ = 0; at_ < 20; at_ += 1)
      await expect(files.list(at('nas'))).rejects.toMatchObject({ message: `${at('nas')} doesn’t answer.` });
    expect(performance.now() - again).toBeLessThan(2500);
    // The threads that everything else shares are free: there are four of them.
    const own = await Promise.all(Array.from({ length: 8 }, () => stat(at('disk/file'))));
    expect(own).toHaveLength(8);
  });

  withFuse('can be reached again as soon as it answers', async () => {
    const { nas, files } = await mounted();
    nas.hang();
    await expect(files.writeText(at('nas/late'), 'no')).rejects.toMatchObject(NO_ANSWER());
    nas.answer();
    let seen: unknown = null;
    await eventually(() => {
      void files.stat(at('nas/file')).then(
        (stat) => (seen = stat),
        () => {},
      );
      return seen !== null;
    });
    expect(seen).toMatchObject({ type: 'file' });
  });

  withFuse('are found behind symlinks, folders that lead back, and as ends of a rename', async () => {
    const { nas, all, files } = await mounted();
    symlinkSync(at('nas'), at('link'));
    symlinkSync('link/sub', at('relative'));
    symlinkSync('../../nas/file', at('disk/sub/out'));
    symlinkSync('loop', at('loop'));
    nas.hang();
    for (const path of ['link/file', 'relative', 'disk/sub/out', 'disk/../nas/file', './nas//sub/.'])
      await expect(files.realpath(`${folder}/${path}`)).rejects.toMatchObject(NO_ANSWER());
    await expect(files.rename(at('disk/file'), at('nas/file2'))).rejects.toMatchObject(NO_ANSWER());
    // The symlink itself lies on the disk of this machine.
    expect(await files.stat(at('link'))).toMatchObject({ type: 'symlink' });
    expect(await all.uncertain(at('loop'))).toBeNull();
    expect(await all.uncertain(at('disk/sub/none'))).toBeNull();
  });

  withFuse('get only a moment once the run is stopped', async () => {
    nas = await hangingMount(at('disk'), at('nas'));
    const table = createMountTable();
    const stop = new AbortController();
    const files = createFiles(table, createUncertainFiles(table.has)).for(stop.signal);
    nas.hang();
    const sync = files.sync(at('nas/file'));
    setTimeout(() => stop.abort(), 200);
    const began = performance.now();
    await expect(sync).rejects.toMatchObject(NO_ANSWER());
    expect(performance.now() - began).toBeLessThan(6000);
  });
});

describe('commands at a mount that does not answer', () => {
  withFuse('hold up themselves only: in its folder, and writing to its files', async () => {
    const { nas, all } = await mounted();
    const settings = { environment: process.env, graceMs: 200, files: all };
    const { scope } = recordingScope();
    const written = await pipe([['printf', 'text']], at('nas/out'), {}, scope, settings);
    expect(written).toMatchObject([{ ok: true }]);
    expect(readFileSync(at('disk/out'), 'utf8')).toBe('text');
    const here = await exec(['pwd', '-P'], { cwd: at('nas/sub') }, scope, settings);
    expect(here.stdout).toBe(`${at('nas/sub')}\n`);
    await expect(pipe([['true']], at('nas/out'), {}, scope, settings)).rejects.toMatchObject({
      code: 'EEXIST',
    });
    nas.hang();
    let turns = 0;
    const loop = setInterval(() => (turns += 1), 20);
    const stuck = exec(['ls', '-l', '..'], { cwd: at('nas/sub'), timeoutMs: 500 }, scope, settings);
    expect(await stuck).toMatchObject({ ok: false, timedOut: true });
    clearInterval(loop);
    expect(turns).toBeGreaterThan(10);
    await expect(pipe([['true']], at('nas/out2'), {}, scope, settings)).rejects.toMatchObject({
      name: 'NoAnswerError',
    });
  });
});

describe('the table of mounts', () => {
  const line = (id: number, point: string, type: string): string =>
    `${id} 1 0:${id} / ${point} rw,relatime shared:1 master:2 - ${type} source rw`;

  test('is read with names as they are', () => {
    const text = [
      '21 1 8:1 / / rw - ext4 /dev/sda1 rw',
      line(30, '/mnt/my\\040nas\\134', 'nfs4'),
      line(31, Buffer.from('/mnt/ü').toString('latin1'), 'fuse.sshfs'),
      'garbage',
    ].join('\n');
    expect(parseMountInfo(text)).toEqual([
      { id: '21', point: '/', type: 'ext4' },
      { id: '30', point: '/mnt/my nas\\', type: 'nfs4' },
      { id: '31', point: '/mnt/ü', type: 'fuse.sshfs' },
    ]);
  });

  test.each([
    ['/mnt/nas/a', 'nfs4', true],
    ['/mnt/nas', 'cifs', true],
    ['/mnt/nas/x/../y', 'autofs', true],
    ['/mnt/nas/a', 'fuseblk', true],
    ['/mnt/nas/a', 'a-new-one', true],
    ['/mnt/nas/a', 'ext4', false],
    ['/mnt/nas2/a', 'nfs4', false],
    ['/mnt', 'nfs4', false],
    ['/mnt/nas/../other', 'nfs4', true],
  ])('says of %s below a mount of %s whether it may not answer: %s', async (path, type, expected) => {
    const table = createMountTable(() => [line(21, '/', '9p'), line(30, '/mnt/nas', type)].join('\n'));
    expect((await table.uncertain(path, true)) !== null).toBe(expected);
  });

  test('knows what hides what, and takes the root disk as it is', async () => {
    const table = createMountTable(() =>
      [line(21, '/', 'virtiofs'), line(30, '/mnt/nas', 'nfs4'), line(31, '/mnt/nas', 'ext4')].join('\n'),
    );
    expect(await table.uncertain('/mnt/nas/a', true)).toBeNull();
    expect(await table.uncertain('/etc/fstab', true)).toBeNull();
  });
});
