import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { localFiles } from '../../src/hosts/files.js';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatops-test-'));
  writeFileSync(at('file'), 'content');
  mkdirSync(at('folder'));
  symlinkSync('file', at('link'));
  symlinkSync('nowhere', at('broken'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('looking', () => {
  test('does not follow symlinks, and tells nothing from failure', async () => {
    expect(await localFiles.stat(at('file'))).toMatchObject({ type: 'file', size: 7 });
    expect(await localFiles.stat(at('folder'))).toMatchObject({ type: 'directory' });
    expect(await localFiles.stat(at('broken'))).toMatchObject({ type: 'symlink' });
    expect(await localFiles.stat(at('nothing'))).toBeNull();
    expect(await localFiles.stat(at('file/below'))).toBeNull();
    expect(await localFiles.realpath(at('link'))).toBe(await localFiles.realpath(at('file')));
    expect(await localFiles.realpath(at('broken'))).toBeNull();
    expect(await localFiles.list(folder)).toEqual(['broken', 'file', 'folder', 'link']);
    await expect(localFiles.list(at('nothing'))).rejects.toMatchObject({ name: 'HostError', code: 'ENOENT' });
  });

  test('says how much space is free', async () => {
    const { available, total } = await localFiles.free(folder);
    expect(available).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(available);
  });

  test('says what may be written: a read-only file system is not, for root neither', async () => {
    expect(await localFiles.access(folder, 'write')).toBe(true);
    expect(await localFiles.access('/proc/sys/kernel/ostype', 'write')).toBe(false);
    expect(await localFiles.access(at('nothing'), 'read')).toBe(false);
  });
});

describe('renaming', () => {
  test('moves a file, and replaces nothing', async () => {
    await localFiles.rename(at('file'), at('new'));
    expect(readFileSync(at('new'), 'utf8')).toBe('content');
    writeFileSync(at('file'), 'other');
    await expect(localFiles.rename(at('file'), at('new'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(at('new'), 'utf8')).toBe('content');
    expect(readFileSync(at('file'), 'utf8')).toBe('other');
  });

  test('does so as well where hard links are refused, as they are for folders', async () => {
    await localFiles.rename(at('folder'), at('moved'));
    expect(statSync(at('moved')).isDirectory()).toBe(true);
    mkdirSync(at('folder'));
    await expect(localFiles.rename(at('folder'), at('moved'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('writing', () => {
  test('replaces a text as a whole and leaves no temporary file', async () => {
    await localFiles.writeText(at('file'), 'new');
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
    expect(statSync(at('file')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  test('removes files, never folders', async () => {
    expect(await localFiles.remove(at('link'))).toBe(true);
    expect(await localFiles.remove(at('link'))).toBe(false);
    await expect(localFiles.remove(at('folder'))).rejects.toMatchObject({ name: 'HostError' });
    expect(readdirSync(folder)).toEqual(['broken', 'file', 'folder']);
  });

  test('creates folders for their owner alone, and syncs', async () => {
    await localFiles.mkdir(at('a/b/c'));
    await localFiles.mkdir(at('a/b/c'));
    expect(statSync(at('a/b')).mode & 0o777).toBe(0o700);
    await localFiles.sync(at('file'));
    await expect(localFiles.sync(at('nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(localFiles.mkdir(at('file/x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
