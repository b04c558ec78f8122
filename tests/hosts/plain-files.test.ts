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
import { plainFiles } from '../../src/hosts/plain-files.js';

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
    expect(await plainFiles.stat(at('file'))).toMatchObject({ type: 'file', size: 7 });
    expect(await plainFiles.stat(at('folder'))).toMatchObject({ type: 'directory' });
    expect(await plainFiles.stat(at('broken'))).toMatchObject({ type: 'symlink' });
    expect(await plainFiles.stat(at('nothing'))).toBeNull();
    expect(await plainFiles.stat(at('file/below'))).toBeNull();
    expect(await plainFiles.realpath(at('link'))).toBe(await plainFiles.realpath(at('file')));
    expect(await plainFiles.realpath(at('broken'))).toBeNull();
    expect(await plainFiles.list(folder)).toEqual(['broken', 'file', 'folder', 'link']);
    await expect(plainFiles.list(at('nothing'))).rejects.toMatchObject({ name: 'HostError', code: 'ENOENT' });
  });

  test('says how much space is free', async () => {
    const { available, total } = await plainFiles.free(folder);
    expect(available).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(available);
  });

  test('says what may be written: a read-only file system is not, for root neither', async () => {
    expect(await plainFiles.access(folder, 'write')).toBe(true);
    expect(await plainFiles.access('/proc/sys/kernel/ostype', 'write')).toBe(false);
    expect(await plainFiles.access(at('nothing'), 'read')).toBe(false);
  });
});

describe('renaming', () => {
  test('moves a file, and replaces nothing', async () => {
    await plainFiles.rename(at('file'), at('new'));
    expect(readFileSync(at('new'), 'utf8')).toBe('content');
    writeFileSync(at('file'), 'other');
    await expect(plainFiles.rename(at('file'), at('new'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(at('new'), 'utf8')).toBe('content');
    expect(readFileSync(at('file'), 'utf8')).toBe('other');
  });

  test('does so as well where hard links are refused, as they are for folders', async () => {
    await plainFiles.rename(at('folder'), at('moved'));
    expect(statSync(at('moved')).isDirectory()).toBe(true);
    mkdirSync(at('folder'));
    await expect(plainFiles.rename(at('folder'), at('moved'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('writing', () => {
  test('replaces a text as a whole and leaves no temporary file', async () => {
    await plainFiles.writeText(at('file'), 'new');
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
    expect(statSync(at('file')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  test('removes files, never folders', async () => {
    expect(await plainFiles.remove(at('link'))).toBe(true);
    expect(await plainFiles.remove(at('link'))).toBe(false);
    await expect(plainFiles.remove(at('folder'))).rejects.toMatchObject({ name: 'HostError' });
    expect(readdirSync(folder)).toEqual(['broken', 'file', 'folder']);
  });

  test('creates folders for their owner alone, and syncs', async () => {
    await plainFiles.mkdir(at('a/b/c'));
    await plainFiles.mkdir(at('a/b/c'));
    expect(statSync(at('a/b')).mode & 0o777).toBe(0o700);
    await plainFiles.sync(at('file'));
    await expect(plainFiles.sync(at('nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(plainFiles.mkdir(at('file/x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
