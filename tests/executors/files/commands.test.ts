import { expect, test } from '@jest/globals';
import { compressorsFor } from '../../../src/executors/files/commands.js';

test.each([
  [{ compress: 'gzip' }, ['pigz -1', 'gzip -1']],
  [{ compress: 'gzip', compress_level: 9 }, ['pigz -9', 'gzip -9']],
  [{ compress: 'zstd' }, ['zstd -q -T0 -3']],
  [{ compress: 'zstd', compress_level: 1 }, ['zstd -q -T0 -1']],
  [{ compress: 'none' }, []],
] as const)('%j is packed by %j', (fields, commands) => {
  expect(compressorsFor(fields).map(({ pack }) => pack.join(' '))).toEqual(commands);
});
