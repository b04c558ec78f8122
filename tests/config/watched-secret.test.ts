import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { watchSecretFile } from '../../src/config.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'chatops-watched-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a change counts at the next look; each value and each problem is told once', async () => {
  const path = join(dir, 'key');
  const read: string[] = [];
  const problems: string[] = [];
  await writeFile(path, 'first\n');
  const current = watchSecretFile(path, {
    onRead: (value) => read.push(value),
    onProblem: (problem) => problems.push(problem),
  });
  expect([await current(), await current()]).toEqual(['first', 'first']);

  // Replaced by one of the same size and the same age, as a secret's mount may do.
  const age = new Date('2026-01-01T00:00:00Z');
  await utimes(path, age, age);
  await current();
  await writeFile(`${path}.new`, 'again\n');
  await utimes(`${path}.new`, age, age);
  await rename(`${path}.new`, path);
  expect(await current()).toBe('again');

  await writeFile(path, '');
  expect([await current(), await current()]).toEqual([null, null]);
  await rm(path);
  expect([await current(), await current()]).toEqual([null, null]);
  expect(problems).toEqual([`names ${path}, which is empty`, `names ${path}, which can’t be read (ENOENT)`]);
  await writeFile(path, 'third');
  expect(await current()).toBe('third');
  expect(read).toEqual(['first', 'again', 'third']);
});
