import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readCommands } from '../../../src/executors/files/commands.js';
import { memberReader } from '../../../src/executors/files/listing.js';
import { Lab } from '../support/lab.js';
import { tool } from '../support/trees.js';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('src'));
});
afterEach(() => lab.clean());

test('names are whole beside times of every length, also those that begin with spaces', () => {
  const seconds = [1_700_000_000, 1_700_000_000.5, 1_700_000_000.123_456, 1_700_000_000.25, 1_700_000_000];
  const names = ['a', ' b', '  c c', 'd', ' '];
  for (const [index, name] of names.entries()) {
    writeFileSync(lab.path('src', name), 'x'.repeat(index));
    utimesSync(lab.path('src', name), seconds[index] ?? 0, seconds[index] ?? 0);
  }
  const archive = lab.path('some.tar');
  tool('tar', '-c', '--format=posix', '-f', archive, '-C', lab.path('src'), ...names);
  const [, list = []] = readCommands(archive, null);
  const [program = '', ...args] = list;
  const lines = tool(program, ...args.map((arg) => (arg === '--file=-' ? `--file=${archive}` : arg)));
  const read = memberReader();
  const members = lines.split('\n').flatMap((line) => read(line) ?? []);
  expect(members.map(({ name }) => name)).toEqual(names);
  expect(members.map(({ size }) => size)).toEqual([0, 1, 2, 3, 4]);
  expect(members.map(({ mtimeMs }) => mtimeMs - 1_700_000_000_000)).toEqual([0, 500, 123, 250, 0]);
});
