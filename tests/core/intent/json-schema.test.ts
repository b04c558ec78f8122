import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { intentJsonSchema } from '../../../src/core/intent/json-schema.js';
import { validatePaths } from '../../../src/core/intent/validate.js';
import { FIXTURES, ROOT } from './folder.js';

const INTENTS = join(ROOT, 'intents');
const shipped = readdirSync(INTENTS).filter((name) => name.endsWith('.yaml'));
const isValid = new Ajv({ allErrors: true, strict: false }).compile(intentJsonSchema());

/** Is every document of the file valid? Files with wrong syntax are read as far as they go. */
function passes(file: string): boolean {
  const documents = parseAllDocuments(readFileSync(file, 'utf8'), { uniqueKeys: false });
  if (!Array.isArray(documents)) return true;
  return documents.every((document) => document.contents === null || isValid(safeJs(document)));
}

function safeJs(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch {
    return null;
  }
}

test('intents/intent.schema.json is what the zod schemas make (if not: npm run schema)', () => {
  const committed: unknown = JSON.parse(readFileSync(join(INTENTS, 'intent.schema.json'), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(intentJsonSchema())));
});

describe('the intents that ship', () => {
  test('are valid', async () => {
    const { files, problems } = await validatePaths([INTENTS]);
    expect(files.length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  test.each(shipped)('%s names its schema and passes it', (name) => {
    const [first] = readFileSync(join(INTENTS, name), 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./intent.schema.json');
    expect(passes(join(INTENTS, name))).toBe(true);
  });
});

/** What a schema can't see: files, syntax, several fields together, and what a path or an option means. */
const BEYOND = [
  ...[
    'bad name',
    'latin1',
    'empty',
    'only-comments',
    'duplicate',
    'several-documents',
    'tab-indent',
    'open-list',
    'reserved-character',
  ],
  ...['open-quote', 'backslash', 'not-expanded', 'dotdot-and-root', 'newline-and-nul', 'space-and-dash'],
  ...[
    'remote-and-empty',
    'remote-shell',
    'rsync-url',
    'rsync-options',
    'scale-bounds',
    'plex',
    'plex-two-sources',
  ],
];

describe('the broken files', () => {
  const broken = readdirSync(join(FIXTURES, 'broken')).filter(
    (name) => !BEYOND.includes(name.replace('.yaml', '')),
  );
  test.each(broken)('%s fails the schema too', (name) => {
    expect(passes(join(FIXTURES, 'broken', name))).toBe(false);
  });
});

describe('the schema and the reader agree', () => {
  const files = { action: 'backup', backup_type: 'files', source: '/a', destination: '/b' };
  test.each<[boolean, unknown]>([
    [true, files],
    [true, { ...files, compress: true, exclude: 'x', depends_on: ['a'] }],
    [true, { action: 'backup', database_type: 'plex', destination: '/b' }],
    [true, { action: 'backup', backup_type: 'anything', database_type: 'plex', destination: '/b' }],
    [true, { action: 'backup', backup_type: 'vm_proxmox', vm_id: 100 }],
    [true, { action: 'scale', stack: 'x', service: 'web', timeout: '5m' }],
    [true, { action: 'rollout', stack: 'x' }],
    [true, { action: 'steps', steps: { a: { intent: 'x', params: { n: 1 } }, b: { ...files, needs: 'a' } } }],
    [true, { action: 'steps', max_parallel: 1, steps: { a: { action: 'rollout', stack: 'x', when: 'y' } } }],
    [false, { action: 'steps', stack: 'x' }],
    [false, { action: 'steps', steps: {} }],
    [false, { action: 'steps', steps: { '-a': { intent: 'x' } } }],
    [false, { action: 'steps', steps: { a: { intent: 'x', action: 'scale' } } }],
    [false, { action: 'steps', steps: { a: { needs: 'b' } } }],
    [false, { action: 'steps', steps: { a: { action: 'steps', steps: {} } } }],
    [false, { action: 'steps', steps: { a: { ...files, depends_on: 'x' } } }],
    [false, { action: 'steps', steps: { a: { intent: 'x', on_failure: 'ignore' } } }],
    [false, { action: 'steps', steps: { a: { intent: 'x' } }, source: '/a' }],
    [false, { ...files, action: 'restore' }],
    [false, { ...files, vm_id: 100 }],
    [false, { ...files, destination: undefined }],
    [false, { ...files, stack: '-x' }],
    [false, { action: 'backup', source: '/a', destination: '/b' }],
    [false, { action: 'backup', backup_type: 'database', destination: '/b' }],
    [false, { action: 'scale', stack: 'x' }],
  ])('%s: %j', (expected, document) => {
    expect(isValid(JSON.parse(JSON.stringify(document)))).toBe(expected);
  });
});
