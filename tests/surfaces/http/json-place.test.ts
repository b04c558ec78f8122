import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonErrorOffset, placeText } from '../../../src/surfaces/http/json-place.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('where a text stops being JSON', () => {
  test.each([
    ['{"name": photos}', 9],
    ["{'name': 1}", 1],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['[1, 2', 5],
    ['', 0],
    ['{} {}', 3],
    ['[1}', 2],
    ['"open', 0],
    ['[01]', 1],
    ['[tru]', 1],
    ['name=photos', 0],
    ['[1] ', null],
  ])('%s', (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  test('agrees with JSON.parse on any JSON, and on JSON with a character changed or cut', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (text, at, put) => {
        expect(jsonErrorOffset(text)).toBeNull();
        const place = at % (text.length + 1);
        const broken = text.slice(0, place) + put + text.slice(place + 1);
        const offset = jsonErrorOffset(broken);
        expect(offset === null).toBe(isJson(broken));
      }),
      { numRuns: 2000 },
    );
  });

  test('depth and length cost nothing', () => {
    const deep = 200_000;
    expect(jsonErrorOffset('['.repeat(deep))).toBe(deep);
    expect(jsonErrorOffset(`${'['.repeat(deep)}${']'.repeat(deep)}`)).toBeNull();
    expect(jsonErrorOffset(`"${'x'.repeat(deep)}"`)).toBeNull();
  });
});

test('places are counted from 1', () => {
  expect(placeText('{\n  "a": x}', 9)).toBe('line 2, column 8');
  expect(placeText('x', 0)).toBe('line 1, column 1');
});
