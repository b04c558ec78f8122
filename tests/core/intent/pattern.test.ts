import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitsPattern, patternFault, withPatterns } from '../../../src/core/documents/pattern.js';
import { validatePaths } from '../../../src/core/intent/validate.js';
import { ROOT } from '../../support/root.js';

beforeAll(() => withPatterns(() => patternFault('x')));

/** How JavaScript's own engine judges. */
const byJavaScript = (pattern: string, value: string): boolean =>
  new RegExp(`^(?:${pattern})$`, 'u').test(value);

describe('ordinary patterns mean what they mean in JavaScript', () => {
  const VALUES = [
    '',
    'a',
    'abc',
    'ABC',
    'a b',
    'a-b',
    'a.b',
    'v1.2.3',
    '10',
    '1e3',
    'ä',
    'äöü',
    '日本',
    '😀',
    'a\tb',
    'x/y',
    'a+b',
    '$',
    '^',
    '[a]',
    '{1}',
    '\\',
    '"',
    'aaaa',
    'abab',
    'foo bar',
  ];
  test.each([
    '[a-z]+',
    '[^/]+',
    '[^/]*',
    'v\\d+(\\.\\d+){0,2}',
    '(?:a|ab)(?:c|bcd)?',
    '\\w+',
    '\\W+',
    '\\s*',
    '\\S+',
    '\\p{L}+',
    '\\p{Lu}+',
    '\\P{L}',
    '.',
    '.*',
    'a{2,4}',
    'a{2,}',
    '(ab)+',
    '(a|b)*',
    'a?b?c?',
    '\\$',
    '\\^',
    '^a$',
    'a$|b',
    '\\bfoo\\b bar',
    '\\u0061',
    '\\u{1F600}',
    '\\x61',
    '[\\w.-]+',
    '[\\d-]+',
    '[$^]',
    '[\\]\\[a]+',
    '\\{1\\}',
    '\\\\',
    '(?<name>a)b?',
    'a|',
    '',
    '(?:)',
    '[a-z0-9 -]+',
    '\\t?a',
    '[\\u{1F600}-\\u{1F64F}]',
  ])('%s', (pattern) => {
    expect(patternFault(pattern)).toBeNull();
    expect(VALUES.filter((value) => fitsPattern(pattern, value))).toEqual(
      VALUES.filter((value) => byJavaScript(pattern, value)),
    );
  });

  test('whatever is put together of them', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\d',
      '\\w',
      '\\s',
      '\\p{L}',
      '\\b',
      '^',
      '$',
      '\\.',
      '-',
      'ä',
      '😀',
    );
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { depthSize: 'small' },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}${b}`),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '*?'))
          .map(([a, times]) => `(?:${a})${times}`),
        tie('pattern').map((a) => `(${a})`),
      ),
    }));
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '.', '-', 'ä', '😀'), maxLength: 8 });
    let checked = 0;
    fc.assert(
      fc.property(pattern, value, (text, given) => {
        if (patternFault(text) !== null) return;
        checked += 1;
        expect(fitsPattern(text, given)).toBe(byJavaScript(text, given));
      }),
      { numRuns: 2000, seed: 14 },
    );
    expect(checked).toBeGreaterThan(1500);
  });
});

test.each([
  ['[', 'is no regular expression'],
  ['a)|(b', 'is no regular expression'],
  ['(?=a)a', 'looks ahead or behind'],
  ['(?!a).', 'looks ahead or behind'],
  ['(?<=a)b', 'looks ahead or behind'],
  ['(?<!a)b', 'looks ahead or behind'],
  ['(a)\\1', 'refers back to a group'],
  ['(?<x>a)\\k<x>', 'refers back to a group'],
  ['\\\\(a)\\1', 'refers back to a group'],
  ['a{1,2000}', 'uses something'],
  ['\\p{Script=Greek}', 'uses something'],
  ['\\p{L}{0,1000}\\p{L}{0,1000}', 'is too large'],
  ['(a{0,1000}){0,1000}', 'uses something'],
])('%s is refused', (pattern, why) => {
  expect(patternFault(pattern)?.why).toContain(why);
});

test('what only looks like it is none of it', () => {
  for (const pattern of ['\\\\1', '[(?=]+', '\\(?=a', '\\\\k']) expect(patternFault(pattern)).toBeNull();
});

test.each([
  ['([a-z]+)+', `${'a'.repeat(999)}!`],
  ['(a|aa)+', `${'a'.repeat(999)}!`],
  ['(.*)*x', 'a'.repeat(1000)],
  ['(a?){500}a{500}', 'a'.repeat(499)],
  ['(\\w|\\d|[0-9a-f])+:', '0'.repeat(1000)],
])(
  '%s is over soon, whatever the text',
  (pattern, value) => {
    expect(patternFault(pattern)).toBeNull();
    expect(judgedElsewhere(pattern, value)).toEqual({ signal: null, fits: false });
  },
  90_000,
);

/** In a process of its own: an engine that tries every way takes longer than this world lasts, and can't be left. */
function judgedElsewhere(pattern: string, value: string): { signal: string | null; fits: unknown } {
  const built = pathToFileURL(join(ROOT, 'dist/src/core/documents/pattern.js')).href;
  const script = `
    import { fitsPattern, patternFault, withPatterns } from ${JSON.stringify(built)};
    const [pattern, value] = process.argv.slice(1);
    await withPatterns(() => patternFault(pattern));
    console.log(JSON.stringify(fitsPattern(pattern, value)));`;
  const argv = ['--input-type=module', '--eval', script, '--', pattern, value];
  const { signal, stdout, stderr } = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (signal === null && stdout === '') throw new Error(stderr);
  return { signal, fits: stdout === '' ? null : JSON.parse(stdout) };
}

test('a space that can’t be told from another fits nothing', () => {
  expect([fitsPattern('\\S+', 'a\u00a0b'), fitsPattern('.+', 'a\u2003b'), fitsPattern('.+', 'a b')]).toEqual([
    false,
    false,
    true,
  ]);
});

test('a file with a pattern that can’t be used is named with its line and a better way', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'chatops-test-pattern-'));
  const file = join(dir, 'x.yaml');
  const lines = [
    'action: backup',
    'backup_type: files',
    'stack: s',
    'source: /a/{{ a }}',
    'destination: /b',
    'params:',
  ];
  await writeFile(
    file,
    [...lines, '  a: { type: string, pattern: "(?!x)[a-z]+", default: src }', ''].join('\n'),
  );
  const { problems } = await validatePaths([dir]);
  await rm(dir, { recursive: true });
  expect(problems).toMatchObject([
    {
      file,
      line: 7,
      message: 'params.a.pattern looks ahead or behind, which can’t be matched in bounded time.',
      hint: expect.stringContaining('Say what the value is'),
    },
  ]);
});
