import { expect } from '@jest/globals';
import { proof } from '../../prove/claims.js';
import { has, isRoot, testWith } from '../executors/support/needs.js';
import { slice } from './slice.js';

const TOOLS = ['mkfs.ext4', 'mkfs.xfs', 'mksquashfs', 'faketime', 'getfattr', 'setfacl', 'setcap', 'sqlite3'];
const test = testWith('root with file systems to mount', isRoot && TOOLS.every((tool) => has(tool, '-V')));

test('every number and every claim of a few backups is true', async () => {
  const { figures } = await slice(proof, [7, 13]);
  expect(figures.runs).toBe(6);
}, 120_000);
