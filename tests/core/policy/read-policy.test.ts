import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { confirmRule } from '../../../src/core/policy/confirm-rule.js';
import { policyJsonSchema } from '../../../src/core/policy/json-schema.js';
import { MAX_POLICY_BYTES, readPolicy } from '../../../src/core/policy/read-policy.js';
import { webhookAllowed } from '../../../src/core/policy/webhook-rule.js';
import { policyOf, rulesFrom } from '../../support/policy.js';

const FULL = `
timezone: Europe/Berlin
roles:
  Operator:
    discord_roles: [Ops, "400000000000000001"]
    users: "100000000000000001"
    rights: [run, stop]
    actions: backup
    stacks: ["media-*", web]
    channels: ["#ops"]
  CI: {api_keys: ci, rights: run, endpoints: "*"}
deny:
  Hands off: {stacks: db, reason: Ask first.}
freezes:
  Holidays: {first_day: 2026-12-20, last_day: 2027-01-02}
windows:
  Nights: {days: [fri, sat], from: 23:00, to: 04:30, timezone: UTC, except: Operator}
confirm:
  Databases: {stacks: db, confirm: two_people, approver_role: Admin}
api_keys:
  ci: {sha256: ${'AB'.repeat(32)}}
  grafana: {secret: GRAFANA_KEY}
webhooks:
  Site: {provider: github, repositories: me/site, branches: [main, release/*]}
limits: {per_person: 10 per 1h, per_intent: 3 per 10m, per_intent_at_once: 1, at_once: 4}
tests:
  Ops may: {discord_roles: Ops, intent: backup_web, expect: allowed}
`;

describe('a policy file that says everything', () => {
  const policy = policyOf(FULL);

  test('roles', () => {
    const [operator, ci] = policy.roles;
    expect(operator).toMatchObject({
      name: 'Operator',
      path: ['policy.yaml', 'roles', 'Operator'],
      discordRoles: ['Ops', '400000000000000001'],
      users: ['100000000000000001'],
      rights: ['run', 'stop'],
      actions: ['backup'],
      stacks: ['media-*', 'web'],
      intents: ['*'],
      channels: ['ops'],
      endpoints: ['run', 'orchestrate'],
    });
    expect(ci?.endpoints).toEqual([
      'run',
      'orchestrate',
      'schedules',
      'schedules_reload',
      'schedules_run_now',
    ]);
  });

  test('the other sections', () => {
    expect(policy.deny[0]).toMatchObject({ everybody: true, stacks: ['db'], reason: 'Ask first.' });
    expect(policy.deny[0]?.rights).toHaveLength(5);
    expect(policy.freezes[0]).toMatchObject({
      firstDay: '2026-12-20',
      lastDay: '2027-01-02',
      from: 0,
      to: 0,
      timezone: 'Europe/Berlin',
    });
    expect(policy.windows[0]).toMatchObject({
      days: [5, 6],
      from: 1380,
      to: 270,
      timezone: 'UTC',
      except: ['Operator'],
    });
    expect(policy.apiKeys).toEqual([
      { name: 'ci', sha256: 'ab'.repeat(32), secret: null },
      { name: 'grafana', sha256: null, secret: 'GRAFANA_KEY' },
    ]);
    expect(policy.limits).toEqual({
      perPerson: { runs: 10, perSeconds: 3600, atOnce: null },
      perIntent: { runs: 3, perSeconds: 600, atOnce: 1 },
      atOnce: 4,
    });
    expect(policy.examples[0]).toMatchObject({ right: 'run', expect: 'allowed', line: 27 });
  });

  test('fits the JSON Schema that editors check with; a mistake does not', () => {
    const validate = new Ajv({ strict: false }).compile(policyJsonSchema());
    expect([validate(parse(FULL)), validate.errors]).toEqual([true, null]);
    expect(validate(parse('roles:\n  A: {rigths: run}\n'))).toBe(false);
    expect(validate(parse('deny: {}\n'))).toBe(false);
  });
});

describe('every problem is named with its line and what would be right', () => {
  const ROLE = 'roles:\n  A: {discord_roles: A, rights: run}\n';

  test.each([
    [
      'an unknown section',
      `${ROLE}denny: {}\n`,
      3,
      /denny is not a section of a policy\. Did you mean deny\?/,
    ],
    [
      'an unknown field',
      'roles:\n  A:\n    discord_roles: A\n    rigths: run\n',
      4,
      /roles › A: rigths is not a field here\. Did you mean rights\?/,
    ],
    [
      'an unknown right',
      'roles:\n  A:\n    discord_roles: A\n    rights: [rnu]\n',
      4,
      /rights\[0\] is "rnu", but it can be .*Did you mean run\?/,
    ],
    [
      'an unknown action',
      'roles:\n  A:\n    discord_roles: A\n    rights: run\n    actions: [bakcup]\n',
      5,
      /Did you mean backup\?/,
    ],
    ['a role without rights', 'roles:\n  A:\n    discord_roles: A\n', 2, /rights is missing/],
    ['a role for nobody', 'roles:\n  A:\n    rights: run\n', 2, /the role names nobody/],
    [
      'an empty list',
      'roles:\n  A:\n    discord_roles: []\n    rights: run\n',
      3,
      /1 is the least it can hold/,
    ],
    [
      'a user by name',
      'roles:\n  A:\n    users: alice\n    rights: run\n',
      3,
      /17 to 20 digits.*Copy User ID/,
    ],
    [
      'an id that YAML takes for a number',
      'roles:\n  A:\n    users: [112233445566778899]\n    rights: run\n',
      3,
      /Put it into quotes/,
    ],
    [
      'a star that YAML takes for an alias',
      'roles:\n  A:\n    discord_roles: A\n    rights: *\n',
      4,
      /alias.*quotes/,
    ],
    [
      'a pattern with spaces',
      'roles:\n  A:\n    discord_roles: A\n    rights: run\n    stacks: "a b"\n',
      5,
      /\* stands for any text/,
    ],
    [
      'channels for an API key',
      'roles:\n  A: {api_keys: ci, channels: ops, rights: run}\n',
      2,
      /only people in Discord have a channel/,
    ],
    [
      'a role twice',
      'roles:\n  A: {discord_roles: A, rights: run}\n  A: {discord_roles: B, rights: "*"}\n',
      3,
      /is there twice, first on line 2/,
    ],
    ['no roles', 'deny: {}\n', 1, /roles is missing/],
    ['a clock that is none', `${ROLE}freezes:\n  F: {from: 25:00}\n`, 4, /it must be a time of the day/],
    [
      'a freeze of no length',
      `${ROLE}freezes:\n  F: {from: "10:00", to: "10:00"}\n`,
      4,
      /from and to are the same/,
    ],
    ['a day that is none', `${ROLE}freezes:\n  F: {first_day: 2026-02-30}\n`, 4, /it must be a day/],
    [
      'a zone that is none',
      `${ROLE}freezes:\n  F: {timezone: Europe/Berln}\n`,
      4,
      /there is no such time zone/,
    ],
    ['a zone of the file that is none', `timezone: Berlin\n${ROLE}`, 1, /timezone is not a time zone/],
    [
      'an exception for a role that is not there',
      `${ROLE.replaceAll('A', 'Admin')}windows:\n  W: {except: Admn}\n`,
      4,
      /Did you mean Admin\?/,
    ],
    [
      'an approver where none is asked',
      `${ROLE}confirm:\n  C: {confirm: person, approver_role: A}\n`,
      4,
      /needs confirm: two_people/,
    ],
    ['a key without hash or secret', `${ROLE}api_keys:\n  ci: {}\n`, 4, /either sha256 or secret/],
    ['a key that is written down', `${ROLE}api_keys:\n  ci: {sha256: hunter2hunter2}\n`, 4, /64 characters/],
    ['a key with a name of our own', `${ROLE}api_keys:\n  key-0123abcd: {secret: A}\n`, 4, /uses this name/],
    ['a rate that is none', `${ROLE}limits: {per_person: ten an hour}\n`, 3, /Write it like 10 per 1h/],
    ['a test about nobody', `${ROLE}tests:\n  T: {intent: a, expect: allowed}\n`, 4, /about one actor/],
    [
      'a test about two',
      `${ROLE}tests:\n  T: {user: a, api_key: b, intent: a, expect: allowed}\n`,
      4,
      /about one actor/,
    ],
    ['a section that is a list', 'roles:\n  - A\n', 1, /roles is not a group of fields/],
    ['a role that is text', 'roles:\n  A: all\n', 2, /A is not a group of fields/],
    ['two documents', `${ROLE}---\n${ROLE}`, 3, /several documents/],
    ['nothing at all', '', 1, /The file is empty/],
    ['only remarks', '# roles:\n', 1, /The file is empty/],
    ['wrong syntax', 'roles:\n\tA: {}\n', 2, /tab/],
    ['a list', '- a\n', 1, /not a list of sections/],
  ])('%s', (_, yaml, line, words) => {
    const { policy, problems } = readPolicy(yaml, '/etc/policy.yaml');
    expect(policy).toBeNull();
    const told = problems.map((problem) => `${problem.line} ${problem.message} ${problem.hint}`);
    expect(told.join('\n')).toMatch(words);
    expect(problems.find(({ message, hint }) => words.test(`${message} ${hint}`))?.line).toBe(line);
    expect(problems[0]?.file).toBe('/etc/policy.yaml');
  });

  test('a role of text and a mistake in another are both told', () => {
    const { problems } = readPolicy('roles:\n  A: all\n  B: {discord_roles: B, rights: fly}\n', 'p.yaml');
    expect(problems.map(({ line, field }) => [line, field])).toEqual([
      [2, 'roles › A'],
      [3, 'roles › B › rights'],
    ]);
  });
});

describe('hostile files', () => {
  test.each([
    ['__proto__ as a role', 'roles:\n  __proto__: {discord_roles: A, rights: "*"}\n'],
    [
      '__proto__ as a field',
      'roles:\n  A:\n    discord_roles: A\n    rights: run\n    __proto__: {rights: "*"}\n',
    ],
    ['__proto__ as a section', 'roles: {}\n__proto__: {roles: {}}\n'],
    ['constructor as a field', 'roles:\n  A: {discord_roles: A, rights: run, constructor: x}\n'],
    ['an alias', 'roles:\n  A: &a {discord_roles: A, rights: run}\n  B: *a\n'],
    ['a merge key', 'roles:\n  A: &a {discord_roles: A, rights: run}\n  B: {<<: *a, rights: "*"}\n'],
    ['a tag', 'roles: !!map\n  A: {discord_roles: A, rights: run}\n'],
    ['a tag on a value', 'roles:\n  A: {discord_roles: A, rights: !!str run}\n'],
    ['nesting', `roles: ${'{a: '.repeat(20_000)}${'}'.repeat(20_000)}\n`],
    ['a hidden character in a name', 'roles:\n  "A\\u202e": {discord_roles: A, rights: run}\n'],
  ])('%s is refused', (_, yaml) => {
    const { policy, problems } = readPolicy(yaml, 'policy.yaml');
    expect(policy).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).rights).toBeUndefined();
  });

  test('a bomb of aliases is refused without being blown up', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
    const { policy } = readPolicy(`roles: {}\nl0: &l0 [x]\n${levels.join('\n')}\n`, 'policy.yaml');
    expect(policy).toBeNull();
  });

  test('constructor as the name of a role is a name like any other', () => {
    expect(policyOf('roles:\n  constructor: {discord_roles: A, rights: run}\n').roles[0]?.name).toBe(
      'constructor',
    );
  });

  test('thousands of mistakes are cut short, at the size that a file can have', () => {
    const yaml = `roles:\n${'  A: {x: y}\n'.repeat(MAX_POLICY_BYTES / 12)}`;
    expect(readPolicy(yaml, 'policy.yaml').problems).toHaveLength(50);
  });
});

describe('what other parts ask of the policy', () => {
  test('the strictest confirmation rule of all that something is about, of equals the first', () => {
    const rules = rulesFrom(`roles: {}
confirm:
  All: {confirm: person}
  Quick: {stacks: lab, confirm: never}
  Data: {stacks: db, confirm: two_people, approver_role: DBA}
  More data: {stacks: "d*", confirm: two_people, approver_role: Other}
`);
    const about = (stack: string) => ({ intent: 'x', action: 'backup' as const, stack });
    expect(confirmRule(rules, [about('media')])?.name).toBe('All');
    expect(confirmRule(rules, [about('lab')])?.confirm).toBe('person');
    expect(confirmRule(rules, [about('media'), about('db')])).toMatchObject({
      name: 'Data',
      approverRole: 'DBA',
    });
    expect(confirmRule(rulesFrom('roles: {}\n'), [about('db')])).toBeNull();
    expect(confirmRule({ kind: 'open', keys: null }, [about('db')])).toBeNull();
  });

  test.each([
    ['no section: any default branch', 'roles: {}\n', 'you/any', 'main', true],
    ['no section: no other branch', 'roles: {}\n', 'you/any', 'dev', false],
    ['an empty section: nothing', 'roles: {}\nwebhooks: {}\n', 'me/site', 'main', false],
    [
      'a listed repository, its default branch',
      'roles: {}\nwebhooks: {S: {repositories: "me/*"}}\n',
      'Me/Site',
      'main',
      true,
    ],
    [
      'a repository that is not listed',
      'roles: {}\nwebhooks: {S: {repositories: "me/*"}}\n',
      'you/site',
      'main',
      false,
    ],
    [
      'a listed branch',
      'roles: {}\nwebhooks: {S: {repositories: me/site, branches: "release/*"}}\n',
      'me/site',
      'release/1',
      true,
    ],
    [
      'a branch that is not listed',
      'roles: {}\nwebhooks: {S: {repositories: me/site, branches: dev}}\n',
      'me/site',
      'main',
      false,
    ],
    [
      'another provider',
      'roles: {}\nwebhooks: {S: {provider: gitlab, repositories: me/site}}\n',
      'me/site',
      'main',
      false,
    ],
  ])('webhooks: %s', (_, yaml, repository, branch, allowed) => {
    const origin = { provider: 'github', repository, branch, defaultBranch: 'main' } as const;
    expect(webhookAllowed(rulesFrom(yaml), origin)).toBe(allowed);
    expect(webhookAllowed({ kind: 'closed', file: 'policy.yaml' }, origin)).toBe(false);
  });
});
