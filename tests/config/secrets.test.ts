import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SECRET_NAMES, VARIABLE_NAMES } from '../../src/config/variables.js';
import { createSecrets, type Environment, loadConfig, secretsOf } from '../../src/config.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatops-secrets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function secretsFor(env: Environment) {
  const seen: string[] = [];
  return { seen, secrets: createSecrets(env, { cwd: folder, onResolved: (value) => seen.push(value) }) };
}

describe('secrets that intents name', () => {
  test('from the variable, and told to the redactor', () => {
    const { seen, secrets } = secretsFor({ NAS_PASSWORD: 'hunter2' });
    expect([secrets.has('NAS_PASSWORD'), secrets.resolve('NAS_PASSWORD'), seen]).toEqual([
      true,
      'hunter2',
      ['hunter2'],
    ]);
  });

  test('from its file, read anew each time', () => {
    const { secrets } = secretsFor({ NAS_PASSWORD_FILE: 'nas' });
    expect(secrets.has('NAS_PASSWORD')).toBe(false);
    writeFileSync(join(folder, 'nas'), 'one\n');
    expect(secrets.resolve('NAS_PASSWORD')).toBe('one');
    writeFileSync(join(folder, 'nas'), 'two\n');
    expect(secrets.resolve('NAS_PASSWORD')).toBe('two');
  });

  test('none of ChatOps’ own, twins included', () => {
    const names = [...VARIABLE_NAMES, ...SECRET_NAMES.map((name) => `${name}_FILE`)];
    const { secrets } = secretsFor(Object.fromEntries(names.map((name) => [name, 'value'])));
    expect(names.filter((name) => secrets.has(name))).toEqual([]);
    expect(() => secrets.resolve('DISCORD_TOKEN')).toThrow('belongs to ChatOps itself');
  });

  test.each(['nas_password', '__proto__', 'A-B', '', '1A', 'A B', 'constructor'])(
    '“%s” is no name of a secret',
    (name) => {
      const { secrets } = secretsFor({ [name]: 'value' });
      expect(secrets.has(name)).toBe(false);
      expect(() => secrets.resolve(name)).toThrow('is not a name of an environment variable');
    },
  );

  test('one that is not set says how to set it', () => {
    expect(() => secretsFor({}).secrets.resolve('NAS_PASSWORD')).toThrow(
      'The secret NAS_PASSWORD is not set, and neither is NAS_PASSWORD_FILE.',
    );
  });
});

test('secretsOf knows every secret variable, and the passwords inside URLs and tokens', () => {
  const env = {
    DISCORD_TOKEN: 'discord-token',
    DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/hook-token/?thread_id=7',
    CHATOPS_API_KEY: 'api-key',
    CHATOPS_PLAYGROUND_KEY: 'a-key-of-the-page-24-char',
    GITHUB_WEBHOOK_SECRET: 'github-secret',
    GITLAB_WEBHOOK_TOKEN: 'gitlab-token',
    GITHUB_STATUS_TOKEN: 'github-status',
    GITLAB_STATUS_TOKEN: 'gitlab-status',
    PVE_API_TOKEN: 'root@pam!bot=pve-uuid',
    DATABASE_URL: 'postgres://u:p%40ss@db/x',
    REDIS_URL: 'redis://:100%25zz%zz@r',
  };
  expect(Object.keys(env).sort()).toEqual([...SECRET_NAMES].sort());
  const loaded = loadConfig(env, { cwd: folder, shippedIntents: '/x' });
  const values = loaded.ok ? secretsOf(loaded.config) : [];
  expect(values).toEqual(
    expect.arrayContaining([
      ...Object.values(env),
      'hook-token',
      'pve-uuid',
      'p%40ss',
      'p@ss',
      '100%25zz%zz',
    ]),
  );
  expect(loaded.ok && secretsOf(loaded.config)).not.toContain('');
});

test('of several API keys the plain ones are secrets; names and hashes are none', () => {
  const env = { CHATOPS_API_KEY: `plain-key\ndeploy deploy-key\nci sha256:${'ab'.repeat(32)}` };
  const loaded = loadConfig(env, { cwd: folder, shippedIntents: '/x' });
  expect(loaded.ok && secretsOf(loaded.config)).toEqual(['plain-key', 'deploy-key']);
});
