import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fits } from '../../../src/core/text/wildcard.js';

test.each([
  ['*', '', true],
  ['*', 'media', true],
  ['media', 'media', true],
  ['media', 'Media', false],
  ['media', 'media2', false],
  ['media*', 'media', true],
  ['media-*', 'media', false],
  ['*-db', 'plex-db', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['', '', true],
  ['', 'a', false],
])('%j and %j: %j', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});

test('agrees with a regular expression on every short pattern and text', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 8 }).map((list) => list.join(''));
  const patterns = fc
    .array(fc.constantFrom('a', 'b', '.', '*'), { maxLength: 8 })
    .map((list) => list.join(''));
  fc.assert(
    fc.property(patterns, letters, (pattern, text) => {
      const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
      expect(fits(pattern, text)).toBe(new RegExp(`^${expression}$`).test(text));
    }),
    { numRuns: 2000 },
  );
});

test('a hostile pattern costs no more than its length', () => {
  expect(fits('*a'.repeat(49), 'a'.repeat(50_000).concat('b'))).toBe(false);
});
