import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Right, Rules } from '../../../src/core/model/policy.js';
import type { Action, Actor } from '../../../src/core/model/request.js';
import { keyHolder } from '../../../src/core/policy/api-keys.js';
import { judge, judgeEndpoint } from '../../../src/core/policy/judge.js';
import { type OpenPolicy, openPolicy, type PolicyOptions } from '../../../src/core/policy/source.js';
import type { Secrets } from '../../../src/core/ports/redact.js';
import { sha256 } from '../../../src/core/text/canonical.js';
import { member } from '../../support/policy.js';
import { alice, until } from '../harness.js';

const GOOD = 'roles:\n  A: {discord_roles: A, rights: run}\n';
const NO_SECRETS: Secrets = { has: () => false, resolve: () => '' };

let folder: string;
let file: string;
let opened: OpenPolicy[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatops-policy-'));
  file = join(folder, 'policy.yaml');
  opened = [];
});

afterEach(async () => {
  for (const policy of opened) policy.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: Partial<PolicyOptions> = {}): Promise<OpenPolicy> {
  const policy = await openPolicy({ policyFile: file, rbac: { file: null, json: null }, ...options });
  opened.push(policy);
  return policy;
}

function may(rules: Rules, actor: Actor, right: Right = 'run', action: Action = 'backup', stack = 'media') {
  return judge(rules, actor, right, { intent: 'x', action, stack }, null).allowed;
}

describe('a policy file', () => {
  test('a broken edit keeps the last good rules and says so; a mended one counts', async () => {
    await writeFile(file, GOOD);
    const changes: (readonly [number, string])[] = [];
    const policy = await open({ onChange: (problems, { kind }) => changes.push([problems.length, kind]) });
    await writeFile(file, `${GOOD}nonsense\n`);
    await policy.reload();
    expect(policy.problems()).toHaveLength(1);
    expect(may(policy.rules(), member('a', ['A']))).toBe(true);
    expect(may(policy.rules(), alice)).toBe(false);
    await writeFile(file, GOOD.replaceAll('A', 'B'));
    await policy.reload();
    await policy.reload();
    expect(may(policy.rules(), member('a', ['A']))).toBe(false);
    expect(changes).toEqual([
      [0, 'policy'],
      [1, 'policy'],
      [0, 'policy'],
    ]);
  });

  test.each([
    ['deleted', () => rm(file)],
    ['emptied', () => writeFile(file, '')],
    ['replaced by a folder', async () => rename(file, `${file}.old`)],
    ['replaced by 10 MB', () => writeFile(file, Buffer.alloc(10 * 1024 * 1024, 'roles: {}\n'))],
    ['replaced by bytes that are no text', () => writeFile(file, Buffer.from([0xff, 0xfe, 0x00]))],
  ])('that was %s opens nothing: the last good rules stay', async (_, harm) => {
    await writeFile(file, GOOD);
    const policy = await open();
    await harm();
    await policy.reload();
    expect(policy.problems()).toHaveLength(1);
    expect(policy.rules().kind).toBe('policy');
    expect(may(policy.rules(), alice)).toBe(false);
    expect(may(policy.rules(), member('a', ['A']))).toBe(true);
  });

  test.each([
    ['broken', () => writeFile(file, 'roles: 5\n')],
    ['not there', async () => {}],
    ['10 MB', () => writeFile(file, Buffer.alloc(10 * 1024 * 1024, '#'))],
  ])('that is %s at the start closes everything until it is mended', async (_, make) => {
    await make();
    const policy = await open();
    expect(policy.rules()).toEqual({ kind: 'closed', file });
    expect(may(policy.rules(), alice)).toBe(false);
    expect(may(policy.rules(), { kind: 'operator', id: 'root', name: 'root' })).toBe(true);
    expect(keyHolder(policy.rules(), 'k', NO_SECRETS, null)).toBeNull();
    await writeFile(file, GOOD);
    await policy.reload();
    expect(may(policy.rules(), member('a', ['A']))).toBe(true);
  });

  test('half of a file that is being written never counts', async () => {
    await writeFile(file, GOOD);
    const seen: string[] = [];
    const policy = await open({
      onChange: (_, rules) =>
        seen.push(rules.kind === 'policy' ? String(rules.policy.deny.length) : rules.kind),
    });
    const deny = Array.from({ length: 8 }, (_, n) => `  D${n}: {stacks: db${n}}\n`);
    await writeFile(file, `${GOOD}deny:\n`);
    const reading = policy.reload();
    for (const line of deny) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      await appendFile(file, line);
    }
    await reading;
    expect(seen).toEqual(['0', '8']);
  });

  test('is followed when asked to', async () => {
    await writeFile(file, GOOD);
    const policy = await open({ watch: true, pollMs: 50 });
    await writeFile(file, GOOD.replaceAll('A', 'B'));
    await until(() => may(policy.rules(), member('b', ['B'])), 'the edit counts');
  });
});

describe('the older form', () => {
  const KEY = 'correct-horse-battery-staple';
  const RBAC = {
    keys: {
      [KEY]: { endpoints: ['run', 'schedules'], actions: ['rollout', 'scale'], stacks: ['stack-media'] },
      'everything-key': { endpoints: ['*'], actions: ['*'], stacks: ['*'] },
      'reader-key': { endpoints: ['schedules'], actions: ['*'], stacks: ['*'] },
      'no-list-key': {},
    },
  };
  const actor = (key: string): Actor => {
    const name = `key-${sha256(key).slice(0, 8)}`;
    return { kind: 'api_key', id: name, name };
  };
  const environmentKey: Actor = { kind: 'api_key', id: 'CHATOPS_API_KEY', name: 'CHATOPS_API_KEY' };

  test('gives each key exactly what its lists say', async () => {
    const secrets: string[] = [];
    const policy = await open({
      policyFile: null,
      rbac: { file: null, json: RBAC },
      onSecret: (key) => secrets.push(key),
    });
    const rules = policy.rules();
    expect(secrets).toEqual(Object.keys(RBAC.keys));
    expect(JSON.stringify(rules)).not.toContain(KEY);
    expect(keyHolder(rules, KEY, NO_SECRETS, 'env')).toBe(actor(KEY).id);
    expect(keyHolder(rules, 'env', NO_SECRETS, 'env')).toBe('CHATOPS_API_KEY');
    expect(keyHolder(rules, 'wrong', NO_SECRETS, 'env')).toBeNull();
    expect(keyHolder(rules, '', NO_SECRETS, null)).toBeNull();
    const cells = [
      may(rules, actor(KEY), 'run', 'rollout', 'stack-media'),
      may(rules, actor(KEY), 'run', 'backup', 'stack-media'),
      may(rules, actor(KEY), 'run', 'rollout', 'stack-other'),
      may(rules, actor(KEY), 'stop', 'rollout', 'stack-media'),
      may(rules, actor('everything-key'), 'run', 'backup', 'any'),
      may(rules, actor('reader-key'), 'run'),
      may(rules, actor('reader-key'), 'view'),
      may(rules, actor('no-list-key'), 'view'),
      may(rules, { ...environmentKey, id: 'key-00000000' }),
    ];
    expect(cells).toEqual([true, false, false, false, true, false, true, false, false]);
    expect(judgeEndpoint(rules, actor(KEY), 'schedules')).toBe(true);
    expect(judgeEndpoint(rules, actor(KEY), 'schedules_reload')).toBe(false);
    expect(judgeEndpoint(rules, actor('everything-key'), 'schedules_run_now')).toBe(true);
    expect(judgeEndpoint(rules, environmentKey, 'schedules_run_now')).toBe(true);
    expect(judgeEndpoint(rules, alice, 'run')).toBe(false);
  });

  test('alone leaves administrators and CHATOPS_API_KEY as they are', async () => {
    const rules = (await open({ policyFile: null, rbac: { file: null, json: RBAC } })).rules();
    expect([may(rules, alice), may(rules, environmentKey), may(rules, member('a', ['A']))]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('beside a policy its keys keep their rights, bound by the policy’s deny; all else is the policy’s', async () => {
    await writeFile(file, `${GOOD}deny:\n  Not there: {stacks: stack-media}\n`);
    const rbacFile = join(folder, 'rbac.json');
    await writeFile(rbacFile, JSON.stringify(RBAC));
    const rules = (await open({ rbac: { file: rbacFile, json: null } })).rules();
    expect(may(rules, actor('everything-key'), 'run', 'rollout', 'other')).toBe(true);
    expect(may(rules, actor(KEY), 'run', 'rollout', 'stack-media')).toBe(false);
    expect([may(rules, alice), may(rules, environmentKey), may(rules, member('a', ['A']))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test.each([
    ['no JSON', `{"keys": {"${KEY}"`],
    ['another form', `["${KEY}"]`],
    ['an unknown endpoint', JSON.stringify({ keys: { [KEY]: { endpoints: ['rnu'] } } })],
    ['an unknown list', JSON.stringify({ keys: { [KEY]: { intents: ['*'] } } })],
    ['prototype keys', `{"keys": {"__proto__": {"endpoints": 5}}}`],
    ['an empty key', '{"keys": {"": {"endpoints": ["*"]}}}'],
  ])('%s closes everything and shows no key', async (_, text) => {
    const rbacFile = join(folder, 'rbac.json');
    await writeFile(rbacFile, text);
    const policy = await open({ policyFile: null, rbac: { file: rbacFile, json: null } });
    expect(policy.rules().kind).toBe('closed');
    expect(policy.problems().length).toBeGreaterThan(0);
    expect(JSON.stringify(policy.problems())).not.toContain(KEY);
  });

  test('a key that is taken out of the file has no rights any more', async () => {
    const rbacFile = join(folder, 'rbac.json');
    await writeFile(rbacFile, JSON.stringify(RBAC));
    const policy = await open({ policyFile: null, rbac: { file: rbacFile, json: null } });
    await writeFile(rbacFile, '{"keys": {}}');
    await policy.reload();
    expect(may(policy.rules(), actor('everything-key'))).toBe(false);
    expect(keyHolder(policy.rules(), 'everything-key', NO_SECRETS, null)).toBeNull();
  });
});

describe('API keys of the policy', () => {
  test('are known by their hash or by the secret that holds them, and go by their name', async () => {
    await writeFile(
      file,
      `roles: {}\napi_keys:\n  ci: {sha256: ${sha256('one')}}\n  grafana: {secret: GRAFANA_KEY}\n  gone: {secret: NOT_SET}\n`,
    );
    const rules = (await open()).rules();
    const secrets: Secrets = { has: (name) => name === 'GRAFANA_KEY', resolve: () => 'two' };
    expect(['one', 'two', 'three', ''].map((key) => keyHolder(rules, key, secrets, null))).toEqual([
      'ci',
      'grafana',
      null,
      null,
    ]);
    expect(keyHolder(rules, 'one', secrets, 'one')).toBe('ci');
  });
});
