import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { REASONS } from '../../src/core/model/reasons.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

test('docs/reasons.md lists exactly the catalogue, in its order and its words', () => {
  const page = readFileSync(join(ROOT, 'docs/reasons.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z_]+)` .*$/gm)].map((match) => match[0]);
  const wanted = Object.entries(REASONS).map(
    ([code, { summary, remedy }]) => `| \`${code}\` | ${summary} | ${remedy} |`,
  );
  expect(rows).toEqual(wanted);
});
