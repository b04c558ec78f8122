import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { validateIntentText, validatePaths } from '../../../src/core/intent/validate.js';
import { FIXTURES } from './folder.js';

type Expected = Readonly<
  Record<string, readonly (readonly [at: string, field: string, ...text: string[]])[]>
>;

describe.each(['broken', 'dependencies', 'steps'])('the files of fixtures/intents/%s', (set) => {
  const dir = join(FIXTURES, set);
  const names = readdirSync(dir).sort();
  const expected = JSON.parse(readFileSync(`${dir}.json`, 'utf8')) as Expected;
  const whole = validatePaths([dir]);

  test('each has its list of problems', () => {
    expect(Object.keys(expected).sort()).toEqual(names.filter((name) => name !== 'short-ending.yml'));
  });

  test.each(names)('%s: exactly these problems, in the order of the file', async (name) => {
    const { files, problems } = await whole;
    expect(files).toContain(join(dir, name));
    const found = problems
      .filter(({ file }) => basename(file) === name)
      .map(({ line, column, field, message, hint }) => [`${line}:${column}`, field, message, hint]);
    expect(found).toEqual(expected[name] ?? []);
  });

  test.each(names.filter((name) => /^[a-d]/.test(name)))(
    '%s by itself: the same problems, and those of no other file',
    async (name) => {
      const { files, problems } = await validatePaths([join(dir, name)]);
      expect(files).toEqual([join(dir, name)]);
      expect(problems.map(({ file, message }) => [file, message])).toEqual(
        (expected[name] ?? []).map(([, , message]) => [join(dir, name), message]),
      );
    },
  );
});

test('every broken file has a problem, and every problem has a whole sentence and a hint', async () => {
  const dir = join(FIXTURES, 'broken');
  const { problems } = await validatePaths([dir]);
  const broken = new Set(problems.map(({ file }) => basename(file)));
  expect([...broken].sort()).toEqual(readdirSync(dir).sort());
  for (const { message, hint } of problems) {
    expect(message).toMatch(/^\S.*\.$/u);
    expect(hint).toMatch(/^\S.*[.?]$/u);
  }
});

test('a secret that was written where its name belongs is not repeated', async () => {
  const text = 'action: backup\nbackup_type: docker_volumes\nsource: /a\ndestination: /b\npassword_secret: ';
  for (const secret of ['hunter2!', '8675309', '[hunter2, hunter3]', '{a: hunter2}']) {
    const problems = await validateIntentText(text + secret, 'nas.yaml');
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toMatch(/hunter|8675309/);
  }
});

test('a file that is too large is refused unread', async () => {
  const text = `action: backup\n# ${'x'.repeat(32 * 1024)}\nnonsense: 1\n`;
  expect(await validateIntentText(text, 'large.yaml')).toEqual([
    {
      file: 'large.yaml',
      line: 1,
      column: 1,
      field: '',
      message: 'The file is larger than 32 KiB.',
      hint: 'An intent has a few lines; is this the right file?',
    },
  ]);
});

test('too many documents, and names that depends_on may not have', async () => {
  const step = 'action: backup\nbackup_type: files\nsource: /a\ndestination: /b\n';
  const many = Array.from({ length: 51 }, () => step).join('---\n');
  expect((await validateIntentText(many, 'many.yaml')).map(({ message }) => message)).toEqual([
    'The file has 51 documents, and 50 is the most.',
  ]);
  const needs = `${step}depends_on: [one, two]\n`;
  expect(await validateIntentText(needs, 'x.yaml')).toEqual([]);
  expect(await validateIntentText(needs, 'x.yaml', ['one'])).toMatchObject([
    { line: 5, column: 19, field: 'depends_on[1]', message: expect.stringContaining('"two"') },
  ]);
});

describe('paths that are given to validate', () => {
  test('one that is not there, and a file that would not be loaded', async () => {
    const readme = join(FIXTURES, 'broken.json');
    const { files, problems } = await validatePaths(['/nowhere/at-all.yaml', readme]);
    expect(files).toEqual(['/nowhere/at-all.yaml', readme]);
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      ['/nowhere/at-all.yaml', 'There is no such file or folder.'],
      [readme, 'The file would not be loaded: an intent’s file ends in .yaml and is not hidden.'],
    ]);
  });

  test('a folder and a file in it are counted once', async () => {
    const dir = join(FIXTURES, 'dependencies');
    const { files, problems } = await validatePaths([dir, join(dir, 'itself.yaml')]);
    expect(files).toHaveLength(readdirSync(dir).length);
    expect(problems.filter(({ message }) => /the intent itself/.test(message))).toHaveLength(1);
  });
});
