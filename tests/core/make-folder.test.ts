import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeFolder } from '../../src/core/documents/make-folder.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chatops-test-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const codeOf = (path: string): Promise<string> =>
  makeFolder(path, 0o700).then(
    () => 'made',
    (error: NodeJS.ErrnoException) => error.code ?? String(error),
  );

test('makes what is missing, with its mode, and leaves what is there', async () => {
  mkdirSync(join(dir, 'a'), { mode: 0o755 });
  await makeFolder(join(dir, 'a', 'b', 'c'), 0o700);
  const modes = ['a', 'a/b', 'a/b/c'].map((path) => statSync(join(dir, path)).mode & 0o777);
  expect(modes).toEqual([0o755, 0o700, 0o700]);
  expect(await codeOf(join(dir, 'a'))).toBe('made');
});

test('two that make the same one at once both succeed', async () => {
  const path = join(dir, 'x', 'y', 'z');
  expect(await Promise.all(Array.from({ length: 20 }, () => codeOf(path)))).toEqual(Array(20).fill('made'));
});

test('a symlink to a folder is one', async () => {
  mkdirSync(join(dir, 'real'));
  symlinkSync('real', join(dir, 'link'));
  expect(await codeOf(join(dir, 'link'))).toBe('made');
  await makeFolder(join(dir, 'link', 'below'), 0o700);
  expect(readdirSync(join(dir, 'real'))).toEqual(['below']);
});

// Node's own recursive mkdir never ends at the first two.
test.each([
  ['below /proc', () => '/proc/nowhere', 'ENOENT'],
  ['deep below /proc', () => '/proc/nowhere/a/b', 'ENOENT'],
  ['on a device', () => '/dev/full', 'EEXIST'],
  ['below a device', () => '/dev/full/a', 'ENOTDIR'],
  ['below a file', () => join(dir, 'file', 'a'), 'ENOTDIR'],
  ['where a symlink leads to itself', () => join(dir, 'loop'), 'EEXIST'],
  ['below a symlink that leads to itself', () => join(dir, 'loop', 'a'), 'ELOOP'],
  ['where a symlink leads nowhere', () => join(dir, 'broken'), 'EEXIST'],
  ['below a symlink that leads nowhere', () => join(dir, 'broken', 'a'), 'EEXIST'],
  ['with a path of 5000 characters', () => `/${'a/'.repeat(2500)}`, 'ENAMETOOLONG'],
  ['with a name of 300 characters', () => join(dir, 'a'.repeat(300)), 'ENAMETOOLONG'],
])('%s it ends with the system’s error', async (_where, path, code) => {
  writeFileSync(join(dir, 'file'), '');
  symlinkSync('loop', join(dir, 'loop'));
  symlinkSync('nowhere', join(dir, 'broken'));
  expect(await codeOf(path())).toBe(code);
});
