import { describe, expect, test } from '@jest/globals';
import { patternFault, withPatterns } from '../../../src/core/documents/pattern.js';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import { VALID } from './folder.js';

// The engine for patterns.
await withPatterns(() => patternFault('x'));

const FILE = '/etc/chatops/intents/photos.yaml';

function problems(text: string): readonly string[] {
  return readIntent(text, FILE).problems.map(
    ({ line, field, message, hint }) => `${line} ${field}: ${message} ${hint}`,
  );
}

/** A valid intent with these lines below `params:`. */
function withParams(...lines: readonly string[]): string {
  return `${VALID}params:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

test('every type, as it is declared', () => {
  const { intent } = readIntent(
    withParams(
      'tag: { type: string, pattern: "[a-z]+", example: stable, description: Which version. }',
      'copies: { type: integer, min: 1, max: 9, default: 2 }',
      'ratio: { type: number }',
      'careful: { type: boolean, default: true }',
      'place:',
      '  type: choice',
      '  choices: [nas, cloud]',
      'wait: { type: duration, default: 5m }',
      'from: { type: artifact, intent: plex-database }',
    ),
    FILE,
  );
  expect(intent?.params).toEqual([
    {
      name: 'tag',
      type: 'string',
      pattern: '[a-z]+',
      example: 'stable',
      description: 'Which version.',
      max_length: 200,
    },
    { name: 'copies', type: 'integer', min: 1, max: 9, default: 2 },
    { name: 'ratio', type: 'number' },
    { name: 'careful', type: 'boolean', default: true },
    { name: 'place', type: 'choice', choices: ['nas', 'cloud'] },
    { name: 'wait', type: 'duration', default: '5m' },
    { name: 'from', type: 'artifact', intent: 'plex-database' },
  ]);
});

test.each([
  ['no type', ['tag: { min: 1 }'], '6 params.tag: params.tag has no type. Add type: with string,'],
  [
    'a mistyped type',
    ['tag: { type: strin }'],
    '6 params.tag.type: params.tag.type can be .* Did you mean string?',
  ],
  [
    'a field of another type',
    ['tag: { type: string, min: 1 }'],
    'params.tag.min is not a field of a string parameter',
  ],
  [
    'a mistyped field',
    ['tag: { type: string, defalt: x }'],
    'params.tag.defalt is not .* Did you mean default?',
  ],
  [
    'a value of the wrong type',
    ['n: { type: integer, min: one }'],
    'params.n: min is "one", but it must be a whole number',
  ],
  [
    'nothing below the name',
    ['tag:'],
    '6 params.tag: params.tag says nothing about the parameter. Write below it',
  ],
  ['a list instead of a group', ['- tag'], '6 params: params is not a group of parameters.'],
  [
    'a name that can’t stand in a template',
    ['Tag-1: { type: string }'],
    'Tag-1 can’t be a parameter’s name.',
  ],
  ['the day’s name', ['date: { type: string }'], 'date is taken: it is the day.'],
  ['a name that objects have', ['__proto__: { type: string }'], '__proto__ can’t be a parameter’s name.'],
  [
    'the same name twice',
    ['tag: { type: string }', 'tag: { type: integer }'],
    '6 params: params has "tag" twice.',
  ],
  [
    'a broken pattern',
    ['tag: { type: string, pattern: "[", default: x }'],
    'params.tag.pattern is no regular expression.',
  ],
  [
    'a pattern without a value to show',
    ['tag: { type: string, pattern: "[a-z]+" }'],
    'has a pattern, but neither default nor example.',
  ],
  [
    'a default that does not fit',
    ['n: { type: integer, max: 3, default: 4 }'],
    'params.n.default is 4, but it must be a whole number, at most 3.',
  ],
  [
    'bounds the wrong way round',
    ['n: { type: integer, min: 3, max: 2 }'],
    'params.n.min is more than max. Exchange',
  ],
  [
    'durations the wrong way round',
    ['d: { type: duration, min: 2h, max: 5m }'],
    'params.d.min is more than max.',
  ],
  ['a duration without a unit', ['d: { type: duration, min: "5" }'], 'params.d.min is no duration.'],
  [
    'a default that is no choice',
    ['c: { type: choice, choices: [nas], default: nsa }'],
    'params.c.default is "nsa", but it can be nas.',
  ],
  ['an alias', ['a: &x { type: string }', 'b: *x'], 'params uses an alias'],
])('a declaration with %s is a problem with its line', (_, lines, said) => {
  const found = problems(withParams(...lines));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(said.replace(/[?()[\]]/g, '\\$&')));
});

test('a group that is nested deeper than any declaration is refused, not read', () => {
  const deep = `tag: { type: string, default: ${'['.repeat(200)}${']'.repeat(200)} }`;
  expect(problems(withParams(deep)).join()).toContain('params.tag: default is a list');
});

describe('a template in a field', () => {
  const declared =
    'params:\n  name: { type: string, default: photos }\n  days: { type: integer, default: 9 }\n';
  const intentWith = (lines: string) =>
    `action: backup\nbackup_type: files\nsource: /srv/a\n${lines}\n${declared}`;
  const fieldsOf = (lines: string, values?: Readonly<Record<string, string | number>>) => {
    const { intent, problems: found } = readIntent(intentWith(lines), FILE, values);
    return (
      intent?.steps[0]?.fields ?? found.map(({ field, message, hint }) => `${field}: ${message} ${hint}`)
    );
  };

  test('takes the values in, text as text and numbers as numbers', () => {
    const lines = 'destination: /srv/b/{{ name | upper }}/{{ date }}\nretention_days: "{{ days }}"';
    expect(fieldsOf(lines)).toMatchObject({ destination: '/srv/b/PHOTOS/2026-01-01', retention_days: 9 });
    expect(fieldsOf(lines, { name: 'x', days: 4, date: '2026-11-22' })).toMatchObject({
      destination: '/srv/b/X/2026-11-22',
      retention_days: 4,
    });
  });

  test('reads filters as Jinja and as Liquid write them', () => {
    for (const filter of ['replace("o", "0")', "replace: 'o', '0'", 'replace( "o" , "0" ) | trim()']) {
      expect(fieldsOf(`destination: '/srv/{{ name | ${filter.replaceAll("'", "''")} }}'`)).toMatchObject({
        destination: '/srv/ph0t0s',
      });
    }
  });

  test.each([
    ['/srv/{{ nam }}', 'uses "nam", which is not among the params. Did you mean name?'],
    ['/srv/{{ name | uper }}', 'uses the filter "uper", which does not exist. Did you mean upper?'],
    ['/srv/{{ name', 'is no template that can be read'],
    ['/srv/{% include "x" %}', 'holds {% … %}, and only {{ … }} can be used.'],
    ['/srv/{{ name.constructor }}', 'can’t be filled in'],
    ['/srv/{{ (1..1000000000) }}', 'can’t be filled in'],
    ['/srv/{{ name | json }}', 'uses the filter "json"'],
    ['/srv/{{ env.HOME }}', 'uses "env", which is not among the params'],
  ])('%s is a problem', (text, said) => {
    const found = fieldsOf(`destination: '${text}'`);
    expect(found).toEqual([expect.stringMatching(/^destination: destination is /)]);
    expect(String(found)).toContain(said);
  });

  test('can’t decide what the intent is or whom it concerns', () => {
    expect(problems(intentWith('destination: /b\nstack: "{{ name }}"'))).toEqual([
      '5 stack: stack is "{{ name }}", but this field can’t depend on a parameter, because rights are judged by it. Write the value itself; make one intent for each.',
    ]);
    for (const field of ['label_required', 'confirm', 'approver_role', 'depends_on']) {
      const found = problems(intentWith(`destination: /b\n${field}: "{{ name }}"`));
      expect(String(found)).toContain('rights are judged by it');
    }
  });

  test('is left as it is in an intent without params', () => {
    const vm = 'action: backup\nbackup_type: vm_proxmox\nvm_id: 100\nstorage: nas\nnotes: "{{guestname}}"\n';
    expect(readIntent(vm, FILE).intent?.steps[0]?.fields).toMatchObject({ notes: '{{guestname}}' });
    const steps = `action: steps\nsteps:\n  a:\n    ${vm.trim().replaceAll('\n', '\n    ')}\n`;
    expect(readIntent(steps, FILE).intent?.steps[0]?.fields).toMatchObject({ notes: '{{guestname}}' });
  });

  test('params in a later document are refused', () => {
    expect(problems(`${VALID}---\n${VALID}${declared}`)).toEqual([
      '10 params: params stands in a later document. Move it into the first one; it holds for all of them.',
    ]);
  });
});
