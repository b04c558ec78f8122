import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { OPERATORS, STEP_WORDS } from '../../../src/core/conditions/condition.js';
import { isFault, parseCondition } from '../../../src/core/conditions/parse-condition.js';
import { withPatterns } from '../../../src/core/documents/pattern.js';
import { MAX_BYTES } from '../../../src/core/documents/read-yaml.js';
import { KINDS } from '../../../src/core/intent/kinds/kinds.js';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import { checkRsyncOptions } from '../../../src/core/intent/rsync-options.js';
import { REFERENCE, STEP, STEPS } from '../../../src/core/intent/steps-fields.js';
import { ROOT } from './folder.js';

const text = readFileSync(join(ROOT, 'docs/intents.md'), 'utf8');

/** The table rows below a heading, by field: the columns after it. */
function rows(heading: string): ReadonlyMap<string, string> {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return new Map(
    [...section.matchAll(/^\| `(\w+)` *\|(.*)\|$/gm)].map(([, field = '', rest = '']) => [field, rest]),
  );
}

const everywhere = rows('In every intent');
const backups = rows('In every backup');

test.each(Object.values(KINDS))('docs/intents.md has the fields of $kind and their defaults', (kind) => {
  const isBackup = kind.action === 'backup';
  const own = rows(isBackup ? `backup_type: ${kind.kind}` : `action: ${kind.kind}`);
  const documented = new Map([...everywhere, ...(isBackup ? backups : []), ...own]);
  const fields = Object.keys(kind.schema.shape).filter((field) => field !== 'database_type');
  expect([...documented.keys()].sort()).toEqual(fields.sort());
  for (const [field, row] of own) {
    const { data } = kind.schema.shape[field].safeParse(undefined);
    if (data !== undefined && !Array.isArray(data))
      expect(`${field}: ${row}`).toContain(`\`${String(data)}\``);
  }
});

test('docs/intents.md has the fields of action: steps, and of a step', () => {
  const head = Object.keys(STEPS.shape).sort();
  expect([...everywhere.keys(), ...rows('action: steps').keys()].sort()).toEqual(head);
  expect(rows('action: steps').get('max_parallel')).toContain(
    `\`${STEPS.shape.max_parallel.parse(undefined)}\``,
  );
  expect([...rows('In every step').keys()].sort()).toEqual(Object.keys(REFERENCE.shape).sort());
  expect(rows('In every step').get('on_failure')).toContain(`\`${STEP.on_failure.parse(undefined)}\``);
});

test('the conditions it shows can be read, and none of the words is missing', () => {
  const section = text.split('### Conditions\n')[1]?.split('\n### ')[0] ?? '';
  const shown = [...section.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code);
  const whole = shown.filter((code) => / (?:[=!]=|>|contains) |^not /.test(code));
  expect(whole.length).toBeGreaterThan(4);
  for (const condition of whole) expect(isFault(parseCondition(condition))).toBe(false);
  expect(OPERATORS.filter((operator) => !shown.includes(operator))).toEqual([]);
  expect(STEP_WORDS.filter((word) => !shown.includes(word))).toEqual([]);
});

test('its examples are valid', async () => {
  const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);
  expect(examples).toHaveLength(4);
  for (const yaml of examples)
    expect((await withPatterns(() => readIntent(yaml, '/intents/example.yaml'))).problems).toEqual([]);
});

test('the rsync options it lists are allowed', () => {
  const section = text.split('## rsync options')[1]?.split('\n## ')[0]?.split('These may be added:')[1] ?? '';
  const listed = [...section.matchAll(/`(-[^`\s]*)`/g)].map(([, option = '']) =>
    option
      .replace(/=(N|S)$/, '=9')
      .replace('=RATE', '=5M')
      .replace('=PATTERN', '=*.log')
      .replace('=NAME', '=.partial')
      .replace('=USER:GROUP', '=1000:1000')
      .replace('=MODES', '=D755,F644'),
  );
  expect(listed.length).toBeGreaterThan(20);
  expect(listed.filter((option) => !checkRsyncOptions([option]).ok)).toEqual([]);
});

test('the largest size is the one that counts', () => {
  expect(text).toContain(`at most ${MAX_BYTES / 1024} KiB`);
});
