import { expect, test } from '@jest/globals';
import { readIntent } from '../../../src/core/intent/read-intent.js';
import { readPolicy } from '../../../src/core/policy/read-policy.js';

const HIDDEN = [
  '200b',
  '200c',
  '200d',
  '2060',
  '2064',
  'feff',
  'ad',
  '200e',
  '200f',
  '202e',
  '2069',
  'e0041',
];
const FILES = 'action: backup\nbackup_type: files\nsource: /srv/a\ndestination: /srv/b\n';

test.each(HIDDEN)('U+%s can’t hide in a name, and is named with its place', (hex) => {
  const char = String.fromCodePoint(Number.parseInt(hex, 16));
  const point = `U+${hex.toUpperCase().padStart(4, '0')}`;
  expect(readIntent(FILES, `/intents/ma${char}in.yaml`).intent).toBeNull();
  for (const [field, line] of [
    ['stack', 5],
    ['label_required', 5],
    ['exclude', 5],
  ] as const) {
    const { problems } = readIntent(`${FILES}${field}: "ma${char}in"\n`, '/intents/x.yaml');
    expect(problems).toMatchObject([{ field, line }]);
    expect(`${problems[0]?.message}`).not.toContain(char);
    if (field !== 'stack') expect(problems[0]?.message).toContain(point);
  }
  const { problems } = readIntent(FILES.replace('/srv/a', `"/srv/a${char}b"`), '/intents/x.yaml');
  expect(problems).toMatchObject([{ field: 'source', line: 3, message: expect.stringContaining(point) }]);
  const policy = readPolicy(`roles:\n  A:\n    discord_roles: "ad${char}min"\n    rights: run\n`, '/p.yaml');
  expect(policy.problems).toMatchObject([{ line: 3, message: expect.stringContaining(point) }]);
});

test('what writing needs is not hidden: emoji, and joiners of scripts that have them', () => {
  for (const name of ['⚙️ Ops', '👩‍💻 Admins', 'می‌خواهم', 'Zoë', '管理']) {
    const policy = readPolicy(`roles:\n  A:\n    discord_roles: "${name}"\n    rights: run\n`, '/p.yaml');
    expect(policy.problems).toEqual([]);
  }
});

test.each(HIDDEN)('U+%s can’t hide in a choice of a parameter', (hex) => {
  const char = String.fromCodePoint(Number.parseInt(hex, 16));
  const params = `params:\n  where:\n    type: choice\n    choices: [near, "fa${char}r"]\nexclude: "{{ where }}"\n`;
  const { intent, problems } = readIntent(`${FILES}${params}`, '/intents/x.yaml');
  expect(intent).toBeNull();
  expect(problems).toMatchObject([{ line: 8 }]);
  expect(problems[0]?.message).toContain(`U+${hex.toUpperCase().padStart(4, '0')}`);
  expect(problems[0]?.message).not.toContain(char);
});
