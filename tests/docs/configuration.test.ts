import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { VARIABLE_NAMES, variable } from '../../src/config/variables.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const page = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');

const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|([^|]*)\| (.+) \|$/gm)].map((match) => ({
  name: match[1] ?? '',
  fallback: (match[2] ?? '').replaceAll('`', '').trim(),
  text: match[3] ?? '',
}));
const lines = [...example.matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map((match) => ({
  name: match[1] ?? '',
  value: match[2] ?? '',
}));

describe('the code, .env.example and docs/configuration.md agree', () => {
  test('on the variables and their order', () => {
    expect(rows.map(({ name }) => name)).toEqual(VARIABLE_NAMES);
    expect(lines.map(({ name }) => name)).toEqual(VARIABLE_NAMES);
  });

  test.each(VARIABLE_NAMES)('on %s', (name) => {
    const { fallback = '', secret = false } = variable(name);
    const row = rows.find((each) => each.name === name);
    expect({
      documented: row?.fallback,
      example: lines.find((each) => each.name === name)?.value,
      secret: row?.text.startsWith('**Secret.**'),
    }).toEqual({ documented: fallback, example: fallback, secret });
  });

  test('.env.example sets nothing by itself, and explains each variable or its pair', () => {
    expect(example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    const unexplained = [...example.matchAll(/(?<!\n#[^\n]*)\n#([A-Z][A-Z0-9_]*)=/g)].map(
      (match) => match[1],
    );
    expect(unexplained).toEqual([]);
  });
});
