import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Installation } from './harness.js';

const POLICY = `roles:
  Operator:
    discord_roles: Ops
    rights: run
    stacks: media
    channels: ops
  CI: {api_keys: ci, rights: view}
deny:
  Not today: {discord_roles: Contractor, reason: Ask Ada.}
confirm:
  Two: {stacks: media, confirm: two_people}
tests:
  Ops may: {discord_roles: Ops, channel: ops, intent: photos, expect: allowed}
  Others may not: {user: bob, intent: photos, expect: refused}
`;

let installation: Installation;
let file: string;

beforeEach(async () => {
  installation = await Installation.create();
  file = join(installation.folder, 'policy.yaml');
  installation.policy = { policyFile: file, rbac: { file: null, json: null } };
  await writeFile(file, POLICY);
});

afterEach(() => installation.remove());

describe('chatops policy', () => {
  test('lists who may what', async () => {
    const { exitCode, out } = await installation.run(['policy']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/may +Operator +role Ops in ops +run +stacks media/);
    expect(out).toMatch(/may not +Not today +role Contractor +run, view, stop, approve, lock +everything/);
  });

  test('says so when there is none', async () => {
    installation.policy = { policyFile: null, rbac: { file: null, json: null } };
    const { exitCode, out } = await installation.run(['policy']);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^There is no policy file\./)]);
  });

  test('a broken one is told with what that means', async () => {
    await writeFile(file, 'roles: 5\n');
    const { exitCode, out } = await installation.run(['policy']);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/policy\.yaml:1:1 roles is not a group of fields/);
    expect(out).toMatch(/A running bot keeps the last good version/);
    const { value } = await installation.json(['policy']);
    expect(value).toMatchObject({ state: 'closed', problems: [{ line: 1 }] });
  });
});

describe('chatops policy check', () => {
  test('a good one', async () => {
    expect(await installation.run(['policy', 'check'])).toMatchObject({
      exitCode: 0,
      out: '✅ The policy is valid.\n',
    });
  });

  test('every mistake with its line and the way out, exit 1; any file by name', async () => {
    const other = join(installation.folder, 'other.yaml');
    await writeFile(other, 'roles:\n  A:\n    discord_role: A\n    rights: run\n');
    const { exitCode, out } = await installation.run(['policy', 'check', other]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /other\.yaml:3:5 roles › A: discord_role is not a field here\.\n {2}Did you mean discord_roles\?/,
    );
    const { value } = await installation.json(['policy', 'check', other]);
    expect(value).toMatchObject({ ok: false, problems: [{ line: 3 }] });
  });

  test('names that fit no intent are warned about', async () => {
    await writeFile(file, POLICY.replace('stacks: media\n', 'stacks: [media, medai]\n'));
    const { exitCode, out } = await installation.run(['policy', 'check']);
    expect([exitCode, out]).toEqual([
      0,
      expect.stringContaining(
        '⚠ policy.yaml › roles › Operator › stacks: medai fits no intent. Did you mean media?',
      ),
    ]);
  });
});

describe('chatops policy explain', () => {
  test.each([
    [
      'user:1@Ops',
      ['--channel', '#ops'],
      0,
      /✓ run +The role Operator allows it: policy\.yaml › roles › Operator\./,
    ],
    [
      'user:1@Ops',
      ['--channel', 'general'],
      3,
      /✗ run +none of their roles allows it\.\n.*allows it in ops only/,
    ],
    ['user:1@Ops,Contractor', ['--channel', 'ops'], 3, /The rule Not today forbids it\. Ask Ada\./],
    ['user:1', ['--administrator'], 3, /✗ view/],
    ['key:ci', [], 3, /✗ run +none of their roles allows it\.\n[\s\S]*✓ view/],
    ['key:other', [], 3, /✗ view/],
    ['schedule:nightly', [], 3, /✗ run/],
    ['webhook:github', [], 3, /✗ run/],
    ['operator', [], 0, /✓ lock/],
  ])('%s %j: %d', async (who, more, code, words) => {
    const { exitCode, out } = await installation.run(['policy', 'explain', who, 'photos', ...more]);
    expect(out).toMatch(words);
    expect(out).toMatch(/A second person has to approve it\. policy\.yaml › confirm › Two/);
    expect(exitCode).toBe(code);
  });

  test('as JSON', async () => {
    const { value } = await installation.json([
      'policy',
      'explain',
      'user:1@Ops',
      'photos',
      '--channel',
      'ops',
    ]);
    expect(value).toMatchObject({
      actor: 'user:1@Ops',
      intent: 'photos',
      roles: ['Operator'],
      rights: [
        { right: 'run', allowed: true, remedy: null },
        { right: 'view' },
        { right: 'stop', allowed: false },
        {},
        {},
      ],
      confirm: { confirm: 'two_people' },
    });
  });

  test('an unknown actor or intent is a mistake in the command', async () => {
    for (const argv of [
      ['policy', 'explain', 'olga', 'photos'],
      ['policy', 'explain', 'key:', 'photos'],
      ['policy', 'explain', 'team:x', 'photos'],
      ['policy', 'explain', 'key:ci', 'fotos'],
    ]) {
      expect((await installation.run(argv)).exitCode).toBe(2);
    }
  });
});

describe('chatops policy test', () => {
  test('all pass', async () => {
    expect(await installation.run(['policy', 'test'])).toMatchObject({
      exitCode: 0,
      out: '✅ All 2 tests passed.\n',
    });
  });

  test('what fails is named with its line and the rule, exit 1', async () => {
    await writeFile(
      file,
      POLICY.replace('channel: ops, intent', 'intent').replace('expect: refused', 'expect: allowed'),
    );
    const { exitCode, out } = await installation.run(['policy', 'test']);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/❌ Ops may \(line 13\): allowed expected, refused\.\n {2}somebody can’t run photos/);
    expect(out).toMatch(/2 of 2 tests failed\./);
    const { value } = await installation.json(['policy', 'test']);
    expect(value).toMatchObject({ ok: false, results: [{ name: 'Ops may', line: 13, got: 'refused' }, {}] });
  });

  test('a test of an intent that is not there fails, unless it says what it would be', async () => {
    await writeFile(
      file,
      `roles: {}\ntests:\n  A: {api_key: x, intent: gone, expect: refused}\n  B: {api_key: x, intent: gone, action: scale, stack: s, expect: refused}\n`,
    );
    const { exitCode, out } = await installation.run(['policy', 'test']);
    expect([exitCode, out]).toEqual([1, expect.stringContaining('There is no intent gone.')]);
    expect(out).toContain('1 of 2 tests failed.');
  });

  test('a broken file is told instead', async () => {
    await writeFile(file, 'roles:\n');
    const { exitCode } = await installation.run(['policy', 'test']);
    expect(exitCode).toBe(0);
    await writeFile(file, '');
    expect(await installation.run(['policy', 'test'])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('The file is empty'),
    });
  });
});

test('chatops policy schema prints the JSON Schema', async () => {
  const { value } = await installation.json(['policy', 'schema']);
  expect(value).toMatchObject({ title: 'ChatOps policy', required: ['roles'] });
});

test('none of them opens the database', async () => {
  for (const argv of [
    ['policy'],
    ['policy', 'check'],
    ['policy', 'test'],
    ['policy', 'explain', 'key:ci', 'photos'],
  ]) {
    await installation.run(argv);
  }
  expect(installation.opened).toBe(0);
});
