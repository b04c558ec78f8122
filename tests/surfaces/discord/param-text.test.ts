import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plain } from '../../../src/core/model/phrase.js';
import { createDrafts } from '../../../src/surfaces/discord/params/drafts.js';
import { readParamText, writeParamText } from '../../../src/surfaces/discord/params/param-text.js';

describe('values as text', () => {
  test.each([
    ['', {}, []],
    ['  ', {}, []],
    ['a=1', { a: '1' }, []],
    ['a=the summer of 26   b=x=y', { a: 'the summer of 26', b: 'x=y' }, []],
    ['a="one b=2" c=3', { a: 'one b=2', c: '3' }, []],
    ['a=“one  two” b=', { a: 'one  two' }, ['b']],
    ['Album=x\nDAYS=3\n', { album: 'x', days: '3' }, []],
    ['a= b=2', { b: '2' }, ['a']],
    ['a=""', {}, ['a']],
    ['a=5"disk b=6"', { a: '5"disk', b: '6"' }, []],
    ['constructor=1', { constructor: '1' }, []],
  ])('%s', (text, values, open) => {
    expect(readParamText(text)).toEqual({ ok: true, values, open });
  });

  test.each([
    ['x', '"x" has no name before it.'],
    ['=x', 'has no name before it.'],
    ['a=1 a=2', 'a is there twice.'],
    ['A=1 a=', 'a is there twice.'],
    ['a= a=1', 'a is there twice.'],
    ['a="1 2', 'The quotes of a are not closed.'],
    ['a="1"x b=2', 'The quotes of a are not closed.'],
  ])('%s can’t be read', (text, why) => {
    const read = readParamText(text);
    expect(read.ok ? read : plain(read.why)).toContain(why.replaceAll('"', ''));
  });

  test('what is written is read as it was, whatever the values', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const piece = fc.constantFrom('a', ' ', 'b=', '=', '"', '”', 'é', '-', '  x', '\t');
    const value = fc
      .oneof(
        fc.string({ minLength: 1 }),
        fc.array(piece, { minLength: 1 }).map((parts) => parts.join('')),
      )
      // One that holds both a closing quote before a blank and something like a name can’t be written.
      .filter((text) => !/["“”]\s/.test(text));
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (values) => {
        expect(readParamText(writeParamText(values))).toEqual({ ok: true, values, open: [] });
      }),
      { numRuns: 2000 },
    );
  });
});

test('drafts are bounded, somebody’s own, and end after an hour', () => {
  let at = 0;
  const drafts = createDrafts(() => new Date(at));
  const wish = { intent: 'x', params: {}, dryRun: false };
  const keep = (userId: string) => drafts.keep({ userId, wish, text: null, asked: [] });
  const first = keep('1');
  expect(drafts.find(first, '1')).toMatchObject({ userId: '1' });
  expect(drafts.find(first, '2')).toBeNull();
  expect(drafts.find('nothing', '1')).toBeNull();
  const keys = Array.from({ length: 500 }, () => keep('1'));
  expect(drafts.find(first, '1')).toBeNull();
  expect(keys.every((key) => drafts.find(key, '1') !== null)).toBe(true);
  at = 60 * 60 * 1000;
  expect(keys.some((key) => drafts.find(key, '1') !== null)).toBe(false);
});
