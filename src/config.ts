import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { type ConfigProblem, createReader, type Environment } from './config/read.js';
import type { Config } from './config/types.js';
import { unknownNames } from './config/unknown-names.js';

export type { ConfigProblem, Environment } from './config/read.js';
export { createSecrets, keysOf, secretsOf } from './config/secrets.js';
export type { Config } from './config/types.js';
export { watchSecretFile } from './config/watched-secret.js';

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface ConfigOptions {
  /** Absolute folder that relative paths count from. */
  readonly cwd: string;
  /** Absolute folder of the intents that are used when CHATOPS_INTENTS_DIR is unset and ./intents is not there. */
  readonly shippedIntents: string;
  /** Production needs DISCORD_TOKEN, except for commands that never speak to Discord. Default true. */
  readonly needsDiscord?: boolean;
  /** May this process look at a path? What it may not is taken to be there: who reads it says how it is. */
  readonly mayTouch?: (path: string) => boolean;
  /** Reads the file of a secret; throws an error with the system's code. */
  readonly readText?: (path: string) => string;
}

const GIB = 2 ** 30;

/** Turns the environment into one frozen, typed value, or lists everything that is wrong with it at once. */
export function loadConfig(env: Environment, options: ConfigOptions): LoadedConfig {
  if (!isAbsolute(options.cwd)) throw new TypeError('cwd must be absolute');
  const reader = createReader(env, options.cwd, options.mayTouch, options.readText);
  const { get, problems } = reader;

  const production = get('NODE_ENV') === 'production';
  const config: Config = {
    production,
    logLevel: get('LOG_LEVEL'),
    discord: {
      token: get('DISCORD_TOKEN'),
      guildId: get('DISCORD_GUILD_ID'),
      opsChannelId: get('DISCORD_OPS_CHANNEL_ID'),
      opsRoleId: get('DISCORD_OPS_ROLE_ID'),
      apiUrl: get('DISCORD_API_URL'),
      webhookUrl: get('DISCORD_WEBHOOK_URL'),
    },
    intentsDir: intentsDir(get('CHATOPS_INTENTS_DIR'), reader.isSet('CHATOPS_INTENTS_DIR'), options),
    dataDir: get('CHATOPS_DATA_DIR'),
    confirmTtlSeconds: get('CHATOPS_CONFIRM_TTL_SECONDS'),
    approvalTtlSeconds: get('CHATOPS_APPROVAL_TTL_SECONDS'),
    runsAtOnce: get('CHATOPS_RUNS_AT_ONCE'),
    largeDeletion: {
      files: get('CHATOPS_LARGE_DELETION_FILES'),
      bytes: get('CHATOPS_LARGE_DELETION_GIB') * GIB,
    },
    shutdownGraceSeconds: get('CHATOPS_SHUTDOWN_GRACE_SECONDS'),
    probeSeconds: get('CHATOPS_PROBE_SECONDS'),
    stallSeconds: get('CHATOPS_STALL_SECONDS'),
    keep: {
      runsDays: get('CHATOPS_KEEP_RUNS_DAYS'),
      runsAtMost: get('CHATOPS_KEEP_RUNS_MAX'),
      previewsDays: get('CHATOPS_KEEP_PREVIEWS_DAYS'),
      logsDays: get('CHATOPS_KEEP_LOGS_DAYS'),
    },
    playground: {
      port: get('CHATOPS_PLAYGROUND_PORT'),
      portIsSet: reader.isSet('CHATOPS_PLAYGROUND_PORT'),
      key: get('CHATOPS_PLAYGROUND_KEY'),
    },
    approvedLabel: get('APPROVED_LABEL'),
    schedulesFile: get('CHATOPS_SCHEDULES_FILE'),
    policyFile: get('CHATOPS_POLICY_FILE'),
    rbac: { file: get('CHATOPS_RBAC_FILE'), json: get('CHATOPS_RBAC_JSON') },
    http: {
      host: get('CHATOPS_HTTP_HOST'),
      port: get('CHATOPS_HTTP_PORT'),
      apiKey: get('CHATOPS_API_KEY'),
      apiKeyFile: reader.fileOf('CHATOPS_API_KEY'),
      rateLimit: get('CHATOPS_HTTP_RATE_LIMIT'),
      ipAllowlist: get('CHATOPS_IP_ALLOWLIST') ?? [],
      trustedProxies: get('CHATOPS_TRUSTED_PROXIES') ?? [],
    },
    webhooks: { githubSecret: get('GITHUB_WEBHOOK_SECRET'), gitlabToken: get('GITLAB_WEBHOOK_TOKEN') },
    commitStatus: {
      githubToken: get('GITHUB_STATUS_TOKEN'),
      githubApiUrl: get('GITHUB_API_URL'),
      gitlabToken: get('GITLAB_STATUS_TOKEN'),
      gitlabApiUrl: get('GITLAB_API_URL'),
    },
    pve: { apiUrl: get('PVE_API_URL'), apiToken: get('PVE_API_TOKEN'), caFile: get('PVE_CA_FILE') },
    databaseUrl: get('DATABASE_URL'),
    redisUrl: get('REDIS_URL'),
  };

  if (production && options.needsDiscord !== false && !reader.isSet('DISCORD_TOKEN')) {
    problems.push({
      variable: 'DISCORD_TOKEN',
      problem: 'is not set, and NODE_ENV is production',
      remedy: 'Set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to the path of a file that holds it.',
    });
  }
  if (reader.isSet('CHATOPS_RBAC_FILE') && reader.isSet('CHATOPS_RBAC_JSON')) {
    problems.push({
      variable: 'CHATOPS_RBAC_JSON',
      problem: 'and CHATOPS_RBAC_FILE are both set',
      remedy: 'Remove one of the two.',
    });
  }
  if (problems.length > 0) return { ok: false, problems };

  const warnings = unknownNames(env);
  if (reader.isSet('CHATOPS_INTENTS_DIR') && !isThere(config.intentsDir, options)) {
    warnings.push(
      `CHATOPS_INTENTS_DIR names ${config.intentsDir}, which does not exist, so there are no intents.`,
    );
  }
  return { ok: true, config: deepFreeze(config), warnings };
}

function intentsDir(folder: string, isSet: boolean, options: ConfigOptions): string {
  return isSet || isThere(folder, options) ? folder : resolve(options.shippedIntents);
}

function isThere(folder: string, { mayTouch = () => true }: ConfigOptions): boolean {
  return !mayTouch(folder) || existsSync(folder);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
