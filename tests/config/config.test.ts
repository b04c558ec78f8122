import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Config, type Environment, loadConfig } from '../../src/config.js';

let folder: string;
const SHIPPED = '/opt/chatops/intents';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatops-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(env: Environment, needsDiscord = true) {
  return loadConfig(env, { cwd: folder, shippedIntents: SHIPPED, needsDiscord });
}

function good(env: Environment): Config {
  const loaded = load(env);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

function problems(env: Environment): string[] {
  const loaded = load(env);
  return loaded.ok ? [] : loaded.problems.map(({ variable, problem }) => `${variable} ${problem}`);
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const NO_STATUS = {
  githubToken: null,
  githubApiUrl: 'https://api.github.com',
  gitlabToken: null,
  gitlabApiUrl: 'https://gitlab.com/api/v4',
};

describe('values', () => {
  test('an empty environment gives the documented defaults', () => {
    expect(good({})).toEqual({
      production: false,
      logLevel: 'info',
      discord: {
        token: null,
        guildId: null,
        opsChannelId: null,
        opsRoleId: null,
        apiUrl: 'https://discord.com/api',
        webhookUrl: null,
      },
      intentsDir: SHIPPED,
      dataDir: join(folder, 'data'),
      confirmTtlSeconds: 900,
      approvalTtlSeconds: 43_200,
      runsAtOnce: 4,
      largeDeletion: { files: 1000, bytes: 100 * 2 ** 30 },
      playground: { port: 4000, portIsSet: false, key: null },
      shutdownGraceSeconds: 4,
      probeSeconds: 60,
      stallSeconds: 600,
      keep: { runsDays: 365, runsAtMost: 50_000, previewsDays: 7, logsDays: 90 },
      approvedLabel: null,
      schedulesFile: null,
      policyFile: null,
      rbac: { file: null, json: null },
      http: {
        host: '127.0.0.1',
        port: 8000,
        apiKey: null,
        apiKeyFile: null,
        rateLimit: 10,
        ipAllowlist: [],
        trustedProxies: [],
      },
      webhooks: { githubSecret: null, gitlabToken: null },
      commitStatus: NO_STATUS,
      pve: { apiUrl: null, apiToken: null, caFile: null },
      databaseUrl: null,
      redisUrl: null,
    });
  });

  test('every variable arrives where it belongs', () => {
    const readable = file('some.yaml', 'a: 1\n');
    const config = good({
      NODE_ENV: 'production',
      LOG_LEVEL: 'DEBUG',
      DISCORD_TOKEN: 'abc.def.ghi',
      DISCORD_GUILD_ID: '123456789012345678',
      DISCORD_OPS_CHANNEL_ID: '223456789012345678',
      DISCORD_OPS_ROLE_ID: '323456789012345678',
      DISCORD_API_URL: 'http://127.0.0.1:4000/api/',
      DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/hook-token',
      CHATOPS_INTENTS_DIR: 'my/intents',
      CHATOPS_DATA_DIR: '/var/lib/chatops',
      CHATOPS_CONFIRM_TTL_SECONDS: '60',
      CHATOPS_APPROVAL_TTL_SECONDS: '3600',
      CHATOPS_RUNS_AT_ONCE: '2',
      CHATOPS_LARGE_DELETION_FILES: '10',
      CHATOPS_LARGE_DELETION_GIB: '1',
      CHATOPS_PLAYGROUND_PORT: '4001',
      CHATOPS_PLAYGROUND_KEY: 'a-key-of-the-page-24-char',
      CHATOPS_SHUTDOWN_GRACE_SECONDS: '0',
      CHATOPS_PROBE_SECONDS: '5',
      CHATOPS_STALL_SECONDS: '30',
      CHATOPS_KEEP_RUNS_DAYS: '30',
      CHATOPS_KEEP_RUNS_MAX: '1000',
      CHATOPS_KEEP_PREVIEWS_DAYS: '2',
      CHATOPS_KEEP_LOGS_DAYS: '10',
      CHATOPS_SCHEDULES_FILE: 'some.yaml',
      CHATOPS_POLICY_FILE: readable,
      CHATOPS_RBAC_JSON: '{"alice":["backup"]}',
      APPROVED_LABEL: 'prod',
      CHATOPS_HTTP_HOST: '::1',
      CHATOPS_HTTP_PORT: '0',
      CHATOPS_API_KEY: 'key-1',
      CHATOPS_HTTP_RATE_LIMIT: '0',
      CHATOPS_IP_ALLOWLIST: ' 10.0.0.0/8, ::1 ,',
      CHATOPS_TRUSTED_PROXIES: '10.0.0.2',
      GITHUB_WEBHOOK_SECRET: 'gh-1',
      GITLAB_WEBHOOK_TOKEN: 'gl-1',
      GITHUB_STATUS_TOKEN: 'gh-2',
      GITLAB_STATUS_TOKEN: 'gl-2',
      PVE_API_URL: 'https://pve.lan:8006/',
      PVE_API_TOKEN: 'PVEAPIToken=root@pam!bot=uuid-1',
      PVE_CA_FILE: readable,
      DATABASE_URL: 'postgres://u:p@db/chatops',
      REDIS_URL: 'rediss://:pw@redis:6379',
    });
    expect(config).toEqual({
      production: true,
      logLevel: 'debug',
      discord: {
        token: 'abc.def.ghi',
        guildId: '123456789012345678',
        opsChannelId: '223456789012345678',
        opsRoleId: '323456789012345678',
        apiUrl: 'http://127.0.0.1:4000/api',
        webhookUrl: 'https://discord.com/api/webhooks/1/hook-token',
      },
      intentsDir: join(folder, 'my/intents'),
      dataDir: '/var/lib/chatops',
      confirmTtlSeconds: 60,
      approvalTtlSeconds: 3600,
      runsAtOnce: 2,
      largeDeletion: { files: 10, bytes: 2 ** 30 },
      playground: { port: 4001, portIsSet: true, key: 'a-key-of-the-page-24-char' },
      shutdownGraceSeconds: 0,
      probeSeconds: 5,
      stallSeconds: 30,
      keep: { runsDays: 30, runsAtMost: 1000, previewsDays: 2, logsDays: 10 },
      approvedLabel: 'prod',
      schedulesFile: readable,
      policyFile: readable,
      rbac: { file: null, json: { alice: ['backup'] } },
      http: {
        host: '::1',
        port: 0,
        apiKey: 'key-1',
        apiKeyFile: null,
        rateLimit: 0,
        ipAllowlist: ['10.0.0.0/8', '::1'],
        trustedProxies: ['10.0.0.2'],
      },
      webhooks: { githubSecret: 'gh-1', gitlabToken: 'gl-1' },
      commitStatus: { ...NO_STATUS, githubToken: 'gh-2', gitlabToken: 'gl-2' },
      pve: { apiUrl: 'https://pve.lan:8006', apiToken: 'root@pam!bot=uuid-1', caFile: readable },
      databaseUrl: 'postgres://u:p@db/chatops',
      redisUrl: 'rediss://:pw@redis:6379',
    });
  });

  test('an empty string counts as not set', () => {
    expect(good({ CHATOPS_HTTP_PORT: '', DISCORD_TOKEN: '', DISCORD_TOKEN_FILE: '', LOG_LEVEL: '' })).toEqual(
      good({}),
    );
  });

  test('the result is frozen all the way down', () => {
    const config = good({ CHATOPS_IP_ALLOWLIST: '::1' });
    expect([config, config.http, config.http.ipAllowlist, config.discord].every(Object.isFrozen)).toBe(true);
  });
});

describe('the intents folder', () => {
  test('./intents when it is there, else the shipped ones; what is set always wins', () => {
    const home = join(folder, 'home');
    mkdirSync(join(home, 'intents'), { recursive: true });
    const at = (cwd: string, env: Environment) => {
      const loaded = loadConfig(env, { cwd, shippedIntents: SHIPPED });
      return loaded.ok ? loaded.config.intentsDir : null;
    };
    expect(at(home, {})).toBe(join(home, 'intents'));
    expect(at(folder, {})).toBe(SHIPPED);
    expect(at(folder, { CHATOPS_INTENTS_DIR: './intents' })).toBe(join(folder, 'intents'));
  });

  test('one that is set and missing is warned about', () => {
    const loaded = load({ CHATOPS_INTENTS_DIR: 'nowhere' });
    expect(loaded.ok && loaded.warnings).toEqual([
      `CHATOPS_INTENTS_DIR names ${join(folder, 'nowhere')}, which does not exist, so there are no intents.`,
    ]);
  });
});

describe('bad values', () => {
  test.each([
    ['CHATOPS_HTTP_PORT', '80a', 'must be a whole number from 0 to 65535. It is “80a” now.'],
    ['CHATOPS_HTTP_PORT', '65536', 'must be a whole number from 0 to 65535. It is “65536” now.'],
    ['CHATOPS_HTTP_PORT', '-1', 'must be a whole number from 0 to 65535. It is “-1” now.'],
    ['CHATOPS_HTTP_PORT', '8e3', 'must be a whole number from 0 to 65535. It is “8e3” now.'],
    ['CHATOPS_HTTP_PORT', '0x50', 'must be a whole number from 0 to 65535. It is “0x50” now.'],
    ['CHATOPS_HTTP_PORT', ' 80', 'must be a whole number from 0 to 65535. It is “ 80” now.'],
    ['CHATOPS_CONFIRM_TTL_SECONDS', '0', 'must be a whole number from 1 to 86400. It is “0” now.'],
    ['CHATOPS_CONFIRM_TTL_SECONDS', '1.5', 'must be a whole number from 1 to 86400. It is “1.5” now.'],
    ['CHATOPS_SHUTDOWN_GRACE_SECONDS', 'soon', 'must be a whole number from 0 to 3600. It is “soon” now.'],
    ['DISCORD_GUILD_ID', 'my-server', 'must be an id of 17 to 20 digits. It is “my-server” now.'],
    ['DISCORD_OPS_CHANNEL_ID', '12', 'must be an id of 17 to 20 digits. It is “12” now.'],
    [
      'DISCORD_API_URL',
      'discord.com/api',
      'must be a URL that begins with https:// or http://. It is “discord.com/api” now.',
    ],
    [
      'PVE_API_URL',
      'ftp://pve',
      'must be a URL that begins with https:// or http://. It is “ftp://pve” now.',
    ],
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent. It is “loud” now.'],
    ['CHATOPS_HTTP_HOST', 'not a host', 'must be an IP address or a host’s name. It is “not a host” now.'],
    [
      'CHATOPS_IP_ALLOWLIST',
      '10.0.0.0/33',
      'contains “10.0.0.0/33”, which is no address or network. It is “10.0.0.0/33” now.',
    ],
    ['APPROVED_LABEL', 'a b', 'must not contain blanks or line breaks. It is “a b” now.'],
  ])('%s=%s', (name, value, problem) => {
    expect(problems({ [name]: value })).toEqual([`${name} ${problem}`]);
  });

  test.each([
    ['DISCORD_TOKEN', 'se cret', 'must not contain blanks or line breaks.'],
    ['DISCORD_TOKEN', 'Bot', 'must not begin with “Bot”.'],
    ['CHATOPS_PLAYGROUND_KEY', 'short', 'must be 20 to 100 letters, digits, dashes or underscores.'],
    ['PVE_API_TOKEN', 'root@pam=hunter2', 'must look like user@realm!name=secret.'],
    ['CHATOPS_RBAC_JSON', '["hunter2"]', 'must be a JSON object.'],
    ['CHATOPS_RBAC_JSON', '{"keys": {"hunter2":', 'must be a JSON object.'],
    ['REDIS_URL', 'http://:hunter2@r', 'must be a URL that begins with redis:// or rediss://.'],
    ['DATABASE_URL', 'hunter2', 'must be a URL.'],
  ])('%s is a secret and is not quoted', (name, value, problem) => {
    expect(problems({ [name]: value })).toEqual([`${name} ${problem}`]);
  });

  test.each(['PVE_CA_FILE', 'CHATOPS_POLICY_FILE', 'CHATOPS_SCHEDULES_FILE', 'CHATOPS_RBAC_FILE'])(
    '%s must be readable',
    (name) => {
      expect(problems({ [name]: 'gone.yaml' })).toEqual([
        `${name} names ${join(folder, 'gone.yaml')}, which can’t be read`,
      ]);
    },
  );

  test('all problems come at once, each with a remedy', () => {
    const loaded = load({
      NODE_ENV: 'production',
      CHATOPS_HTTP_PORT: 'x',
      CHATOPS_CONFIRM_TTL_SECONDS: 'y',
      DISCORD_GUILD_ID: 'z',
      CHATOPS_RBAC_FILE: file('rbac.json', '{}'),
      CHATOPS_RBAC_JSON: '{}',
    });
    const found = loaded.ok ? [] : loaded.problems;
    expect(found.map(({ variable }) => variable).sort()).toEqual([
      'CHATOPS_CONFIRM_TTL_SECONDS',
      'CHATOPS_HTTP_PORT',
      'CHATOPS_RBAC_JSON',
      'DISCORD_GUILD_ID',
      'DISCORD_TOKEN',
    ]);
    expect(found.every(({ remedy }) => remedy.length > 10)).toBe(true);
  });

  test('production needs a token, except for commands that never speak to Discord', () => {
    expect(problems({ NODE_ENV: 'production' })).toEqual([
      'DISCORD_TOKEN is not set, and NODE_ENV is production',
    ]);
    expect(load({ NODE_ENV: 'production' }, false).ok).toBe(true);
    expect(load({ NODE_ENV: 'production', DISCORD_TOKEN_FILE: file('tok', 'abc\n') }).ok).toBe(true);
  });
});

describe('a secret from a file', () => {
  test.each([
    ['DISCORD_TOKEN', (config: Config) => config.discord.token, 'from-file'],
    ['DISCORD_WEBHOOK_URL', (config: Config) => config.discord.webhookUrl, 'https://d.test/w/t'],
    ['CHATOPS_API_KEY', (config: Config) => config.http.apiKey, 'from-file'],
    ['CHATOPS_PLAYGROUND_KEY', (config: Config) => config.playground.key, 'a-key-of-the-page-24-char'],
    ['GITHUB_WEBHOOK_SECRET', (config: Config) => config.webhooks.githubSecret, 'from-file'],
    ['GITLAB_WEBHOOK_TOKEN', (config: Config) => config.webhooks.gitlabToken, 'from-file'],
    ['GITHUB_STATUS_TOKEN', (config: Config) => config.commitStatus.githubToken, 'from-file'],
    ['GITLAB_STATUS_TOKEN', (config: Config) => config.commitStatus.gitlabToken, 'from-file'],
    ['PVE_API_TOKEN', (config: Config) => config.pve.apiToken, 'a@pve!b=c'],
    ['DATABASE_URL', (config: Config) => config.databaseUrl, 'postgres://db/x'],
    ['REDIS_URL', (config: Config) => config.redisUrl, 'redis://r'],
  ] as const)('%s_FILE', (name, read, value) => {
    file(`secret-${name}`, `${value}\n`);
    expect(read(good({ [`${name}_FILE`]: `secret-${name}` }))).toBe(value);
  });

  test('only the one newline at the end is dropped', () => {
    file('crlf', 'tok\r\n');
    expect(good({ DISCORD_TOKEN_FILE: 'crlf' }).discord.token).toBe('tok');
    file('two-lines', 'tok\n\n');
    expect(problems({ DISCORD_TOKEN_FILE: 'two-lines' })).toEqual([
      'DISCORD_TOKEN must not contain blanks or line breaks.',
    ]);
  });

  test.each([
    ['missing', 'nothing-here', (path: string) => `names ${path}, which can’t be read (ENOENT)`],
    ['a folder', '.', (path: string) => `names ${path}, which can’t be read (EISDIR)`],
    ['empty', 'empty', (path: string) => `names ${path}, which is empty`],
    ['huge', 'huge', (path: string) => `names ${path}, which is too large for a secret`],
  ])('%s', (_case, name, problem) => {
    file('empty', '\n');
    file('huge', 'x'.repeat(100_000));
    expect(problems({ DISCORD_TOKEN_FILE: name })).toEqual([
      `DISCORD_TOKEN_FILE ${problem(join(folder, name))}`,
    ]);
  });

  test('API keys: a file may hold several, with names and as hashes; what is neither is a problem', () => {
    const hash = `sha256:${'ab'.repeat(32)}`;
    const path = file('keys', `# who may call\nplain-key\nci ${hash}\n`);
    const { apiKey, apiKeyFile } = good({ CHATOPS_API_KEY_FILE: 'keys' }).http;
    expect([apiKey, apiKeyFile]).toEqual([`# who may call\nplain-key\nci ${hash}`, path]);
    for (const text of ['sha256:short', 'ci key more', '# nothing but this']) {
      file('bad-keys', text);
      expect(problems({ CHATOPS_API_KEY_FILE: 'bad-keys' })).toEqual([
        'CHATOPS_API_KEY must be a key, or lines of `name key`.',
      ]);
    }
  });

  test('both set is a problem', () => {
    file('tok2', 'b');
    expect(problems({ DISCORD_TOKEN: 'a', DISCORD_TOKEN_FILE: 'tok2' })).toEqual([
      'DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set',
    ]);
  });
});

describe('unknown names', () => {
  test('a mistyped variable is warned about, with what was probably meant', () => {
    const loaded = load({
      CHATOPS_HTP_PORT: '1',
      DISCORD_TOKN_FILE: 'x',
      CHATOPS_SOMETHING_ELSE_ENTIRELY: 'y',
      PATH: '/bin',
      DISCORDIA: 'no',
    });
    expect(loaded.ok && loaded.warnings).toEqual([
      'CHATOPS_HTP_PORT is not a variable of ChatOps and is ignored. Did you mean CHATOPS_HTTP_PORT?',
      'CHATOPS_SOMETHING_ELSE_ENTIRELY is not a variable of ChatOps and is ignored.',
      'DISCORD_TOKN_FILE is not a variable of ChatOps and is ignored. Did you mean DISCORD_TOKEN_FILE?',
    ]);
  });
});
