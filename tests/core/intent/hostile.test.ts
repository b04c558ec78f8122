import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import type { FieldsByKind } from '../../../src/core/model/intent.js';
import { closest } from '../../../src/core/text/closest.js';

const RANGES = ['\\u0000-\\u001f', '\\u007f-\\u009f', '\\u2028-\\u202e', '\\u2066-\\u2069', '\\ufeff'];
const HIDDEN = new RegExp(`[${RANGES.join('')}]|\\p{Cs}`, 'u');

/** Text as attackers and accidents write it: dashes, dots, shells, control characters, other scripts. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '-',
          '--',
          '..',
          '/',
          '~',
          '$',
          '{HOME}',
          '`id`',
          ';',
          '|',
          '@',
          ':',
          '*',
          '!',
          '+ ',
          ' ',
          'nas',
          'a',
        ],
        ...[
          '\n',
          '\0',
          '\r',
          '\u001b[2J',
          '\u202e',
          '\u2028',
          '%',
          '=',
          'rsync://',
          '[',
          ']',
          '{',
          '}',
          '#',
          '"',
        ],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

const value = fc.oneof(
  hostile,
  fc.array(hostile, { maxLength: 4 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
);

function docker(fields: Record<string, unknown>) {
  const text = stringify({
    action: 'backup',
    backup_type: 'docker_volumes',
    source: '/a',
    destination: '/b',
    ...fields,
  });
  const { intent, problems } = readIntent(text, '/intents/x.yaml');
  expect(intent === null).toBe(problems.length > 0);
  return intent?.steps[0]?.fields as FieldsByKind['docker_volumes'] | undefined;
}

describe('whatever is written', () => {
  test('any text is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 500 })), hostile, (text, name) => {
        const { intent, problems } = readIntent(text, `/intents/${name}.yaml`);
        expect(intent === null).toBe(problems.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  test('any steps are read or refused, and no problem can break a line', () => {
    const name = fc.oneof(fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__'), hostile);
    const field = fc.constantFrom(
      ...['intent', 'action', 'params', 'needs', 'when', 'on_failure', 'stack', 'service', 'source', 'steps'],
    );
    const words = fc.constantFrom(
      'a',
      'disk',
      'rollout',
      'full',
      'steps.a == "failed"',
      '{{ full }}',
      'stop',
    );
    const group = fc.dictionary(fc.oneof(name, fc.constant('full')), value, { maxKeys: 4 });
    const step = fc.dictionary(fc.oneof(field, hostile), fc.oneof(words, value, group), { maxKeys: 6 });
    const steps = fc.oneof(value, fc.dictionary(name, fc.oneof(step, value), { maxKeys: 6 }));
    let read = 0;
    fc.assert(
      fc.property(steps, fc.oneof(fc.constant(4), value), (written, most) => {
        const full = { type: 'boolean', default: false };
        const whole = { action: 'steps', params: { full }, steps: written, max_parallel: most };
        const { intent, problems } = readIntent(stringify(whole), '/intents/x.yaml');
        expect(intent === null).toBe(problems.length > 0);
        if (intent) read += 1;
        for (const { message, hint, field: path, line } of problems) {
          expect(`${message}${hint}${path}`).not.toMatch(HIDDEN);
          expect(message.length + hint.length).toBeLessThan(2000);
          expect(line).toBeGreaterThan(0);
        }
      }),
      {
        numRuns: 500,
        examples: [
          [{ a: { intent: 'disk' }, b: { intent: 'disk', needs: 'a', when: 'full' } }, 4],
          // The name of the second is no name, and stands in no list of what could be meant.
          [{ a: { needs: 'disk', when: 'steps.disk == "x"' }, '\n': { needs: '\n', when: 'x' } }, 4],
        ],
      },
    );
    expect(read).toBeGreaterThan(0);
  });

  test('any value of any field is read or refused, and no problem can break a line', () => {
    const field = fc.constantFrom(
      ...['action', 'stack', 'service', 'replicas', 'compose', 'label_required', 'depends_on', 'description'],
      ...[
        'backup_type',
        'database_type',
        'source',
        'source_container',
        'source_path',
        'destination',
        'exclude',
      ],
      ...[
        'destination_container',
        'destination_path',
        'options',
        'vm_id',
        'retention_days',
        'storage',
        'timeout',
      ],
      ...['compress', 'notes', 'min_keep', 'password_secret', 'min', 'mode', 'constructor', '__proto__'],
    );
    const action = fc.constantFrom('backup', 'scale', 'rollout');
    const type = fc.constantFrom('files', 'docker_volumes', 'vm_proxmox', 'plex', 'database');
    fc.assert(
      fc.property(action, type, fc.dictionary(fc.oneof(field, hostile), value), (does, kind, fields) => {
        const text = stringify({ action: does, backup_type: kind, ...fields });
        const { intent, problems } = readIntent(text, '/intents/x.yaml');
        expect(intent === null).toBe(problems.length > 0);
        for (const { message, hint, field: name, line } of problems) {
          expect(`${message}${hint}${name}`).not.toMatch(HIDDEN);
          expect(message.length + hint.length).toBeLessThan(2000);
          expect(line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('paths that get through are absolute, plain and never the root', () => {
    fc.assert(
      fc.property(hostile, hostile, (source, destination) => {
        const fields = docker({ source, destination });
        if (!fields) return;
        expect(fields.source).toMatch(/^\//);
        expect(fields.source).not.toMatch(/(^|\/)\.\.(\/|$)|.\/$/);
        expect(fields.source).not.toMatch(HIDDEN);
        expect(fields.destination).not.toMatch(HIDDEN);
        expect(fields.destination).toMatch(/^(\/|rsync:\/\/[\w[]|([\w][\w.-]*@)?[A-Za-z0-9[])[^\s]?/);
        expect(fields.destination).not.toMatch(/^\/*$|^-/);
        if (!fields.destination.startsWith('/'))
          expect(fields.destination).not.toMatch(/[`$;|&\s\\'"*?<>(){}!~#]/);
      }),
      { numRuns: 700 },
    );
  });

  test('names, patterns, options and secrets that get through can’t be taken for options', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (stack, pattern, secret) => {
        for (const fields of [
          docker({ stack }),
          docker({ exclude: [pattern] }),
          docker({ password_secret: secret }),
        ]) {
          if (!fields) continue;
          for (const text of [...fields.exclude, fields.password_secret ?? 'x']) {
            expect(text).not.toMatch(/^[-!]|^\+ |^$/);
            expect(text).not.toMatch(HIDDEN);
          }
        }
        if (docker({ stack })) expect(stack).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['[', '['],
    ['{', '{'],
    ['- ', '- '],
    ['? ', '? '],
    ['a: ', 'a: '],
    ['documents', '---\nx: 1\n'],
    ['keys', 'a: 1\n'],
    ['commas', '[,'],
    ['anchors', '&a '],
    ['aliases', '- *a\n'],
    ['quotes', '"'],
  ])('32 KiB of %s are refused without a crash', (_, unit) => {
    const text = unit.repeat(Math.floor((32 * 1024) / unit.length));
    expect(readIntent(text, '/intents/x.yaml').problems.length).toBeGreaterThan(0);
  });
});

test('closest words: a transposed, missing, added or wrong letter, another case, a beginning', () => {
  const words = ['source', 'source_path', 'destination', 'retention_days', 'min'];
  expect(closest('suorce', words)).toEqual(['source']);
  expect(closest('sorce', words)).toEqual(['source']);
  expect(closest('ssource', words)).toEqual(['source']);
  expect(closest('SOURCE', words)).toEqual(['source']);
  expect(closest('retention', words)).toEqual(['retention_days']);
  expect(closest('source', words, 3)).toEqual(['source', 'source_path']);
  expect(closest('completely', words)).toEqual([]);
  expect(closest('', words)).toEqual([]);
});
