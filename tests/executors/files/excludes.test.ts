import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FilesFields } from '../../../src/core/model/fields.js';
import { plain } from '../../../src/core/model/phrase.js';
import { packCommands } from '../../../src/executors/files/commands.js';
import { files } from '../../../src/executors/files/executor.js';
import { excludesFolder } from '../../../src/executors/shared/excludes.js';
import { codes, Lab, said } from '../support/lab.js';
import { put, tool } from '../support/trees.js';

let lab: Lab;
let fields: FilesFields;

beforeEach(() => {
  lab = new Lab();
  mkdirSync(lab.path('dst'));
  fields = {
    source: lab.path('src'),
    destination: lab.path('dst'),
    exclude: [],
    compress: 'none',
    retention_days: null,
    min_keep: 3,
    require_mount: false,
  };
});
afterEach(() => lab.clean());

const ARCHIVE = 'photos_20261122_141700.tar';

describe('what is excluded', () => {
  test('is counted in the preview, is not in the archive, and a pattern without effect is told', async () => {
    put(lab.path('src', 'cache', 'token'), 'secret');
    put(lab.path('src', 'a', 'cache', 'kept'), 'kept');
    put(lab.path('src', 'secrets.env'), 'secret');
    put(lab.path('src', 'keep'), 'k');
    const exclude = ['/cache', '/secrets.env', '/keep/', '*.bak'];
    const part = await lab.plan(files, { ...fields, exclude });
    expect(plain(part.steps[0]?.title ?? [])).toContain('5 B (2 files)');
    expect(plain(part.steps[0]?.title ?? [])).toContain('Excluded: 2 files, 12 B');
    expect(codes(part.warnings)).toEqual(['exclude_without_effect']);
    expect(plain(part.warnings[0]?.message ?? [])).toContain('/keep/, *.bak');
    const result = await files.run(part, lab.runContext());
    expect([result.state, said(result), lab.log.join()]).toEqual(['succeeded', expect.any(String), '']);
    const names = tool('tar', '-tf', lab.path('dst', ARCHIVE)).split('\n').filter(Boolean).sort();
    expect(names).toEqual(['./a/', './a/cache/', './a/cache/kept', './keep']);
    expect(lab.artifacts[0]?.files).toBe(2);
  });
});

test.each([
  [['/disk'], 'disk/below', true],
  [['/disk'], 'a/disk', false],
  [['disk/'], 'a/disk', true],
  [['a/**'], 'a/b/c', true],
  [['[!]^-]x'], 'ax', true],
  [['[!]^-]x'], '-x', false],
  [['*.tmp'], 'disk', false],
] as const)('%j leaves out the folder %s, or one above it: %s', (patterns, folder, isOut) => {
  expect(excludesFolder(patterns, folder)).toBe(isOut);
});

describe('a pattern means the same as to rsync', () => {
  const root = mkdtempSync(join(tmpdir(), 'chatops-test-'));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const name = fc.constantFrom(
    'a',
    'b',
    'ab',
    'a.tmp',
    'cache',
    '-',
    ']',
    'a*',
    '[a]',
    'x\ny',
    'ä',
    '\\',
    '.h',
    '^',
  );
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const piece = fc.oneof(
    name,
    fc.constantFrom(
      '*',
      '**',
      '?',
      '*.tmp',
      '[ab]',
      '[!a]',
      '[^a-c]',
      '[]-]',
      '[a-',
      '[[:alpha:]]',
      '[[:punct:]]*',
    ),
    fc.constantFrom(
      '\\a',
      '\\*',
      'a?',
      '*b',
      '***',
      'a**',
      '**a',
      '[\\]]',
      '[+-9]',
      '[z-a]',
      '[^]',
      '[--/]',
      'ä*',
    ),
  );
  const pattern = fc
    .tuple(
      fc.constantFrom('', '/', ''),
      fc.array(piece, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '/', ''),
    )
    .map(([start, pieces, end]) => `${start}${pieces.join('/')}${end}`);

  test('on random trees', () => {
    const used = fc.array(pattern, { minLength: 1, maxLength: 3 });
    let left = 0;
    const property = fc.property(fc.array(path, { minLength: 3, maxLength: 12 }), used, (paths, exclude) => {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      for (const one of paths) {
        try {
          put(join(root, one), 'x');
        } catch {
          // A file is where this one wants a folder, or the other way round.
        }
      }
      const rules = exclude.map((one) => `--filter=- ${one}`);
      const told = tool('rsync', '-an', '-0', '--out-format=%n', ...rules, `${root}/`, `${root}-none/`);
      const [find = []] = packCommands({ real: root, isFolder: true }, exclude);
      const [program = '', ...args] = find;
      const ours = tool(program, ...args)
        .split('\0')
        .filter(Boolean)
        .map((one) => one.slice(2));
      const rsyncs = unescaped(told);
      left += rsyncs.length - ours.length === 0 && ours.length > 0 ? 1 : 0;
      expect(ours.sort()).toEqual(rsyncs.sort());
    });
    fc.assert(property, { numRuns: 150 });
    expect(left).toBeGreaterThan(50);
  });

  /** rsync's lines, without the root and without the slash of folders; `\#012` is a byte in octal. */
  function unescaped(output: string): string[] {
    return output
      .split('\n')
      .filter((line) => line !== '' && line !== './')
      .map((line) =>
        line
          .replace(/\/$/, '')
          .replace(/\\#(\d{3})/g, (_, byte) => String.fromCharCode(Number.parseInt(byte, 8))),
      );
  }
});
