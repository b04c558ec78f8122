import { expect, test } from '@jest/globals';
import { unsigned } from '../../src/hosts/folder.js';

test.each([
  [0n, '0'],
  [172n, '172'],
  // What stat(1) calls 17331254518539665416.
  [-1_115_489_555_169_886_200n, '17331254518539665416'],
  [-1n, '18446744073709551615'],
])('the number %s of a file is %s in 64 bits', (number, text) => {
  expect(unsigned(number).toString()).toBe(text);
});
