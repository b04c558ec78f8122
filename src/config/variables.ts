import * as z from 'zod';
import {
  anyUrl,
  apiKeys,
  discordToken,
  jsonObject,
  listenHost,
  logLevel,
  networks,
  pageKey,
  pveToken,
  snowflake,
  url,
  wholeNumber,
  word,
} from './checks.js';

/** One environment variable that ChatOps reads. */
export interface Variable {
  readonly schema: z.ZodType<unknown, string>;
  /** What to do about a wrong value. */
  readonly remedy: string;
  /** Used when the variable is not set; written as it would be set. */
  readonly fallback?: string;
  /** Never shown, always redacted, and can be read from the file that `<NAME>_FILE` names. */
  readonly secret?: true;
  /** Holds secrets among other things: a wrong value is never shown. */
  readonly hidden?: true;
  /** A path, made absolute; `file` must be readable at the start. */
  readonly path?: 'file' | 'directory';
}

const text = z.string();

/**
 * Every variable of the environment, in the order of .env.example and docs/configuration.md, which are
 * checked against this list.
 */
export const VARIABLES = {
  DISCORD_TOKEN: {
    schema: discordToken,
    secret: true,
    remedy: 'Copy the token from the Discord developer portal: your application › Bot › Reset Token.',
  },
  DISCORD_GUILD_ID: {
    schema: snowflake,
    remedy: 'In Discord, turn on Developer Mode, right-click the server and choose Copy Server ID.',
  },
  DISCORD_OPS_CHANNEL_ID: {
    schema: snowflake,
    remedy: 'In Discord, turn on Developer Mode, right-click the channel and choose Copy Channel ID.',
  },
  DISCORD_OPS_ROLE_ID: {
    schema: snowflake,
    remedy: 'In Discord, turn on Developer Mode, open Server Settings › Roles, and choose Copy Role ID.',
  },
  DISCORD_API_URL: {
    schema: url('https', 'http'),
    fallback: 'https://discord.com/api',
    remedy: 'Remove it to use Discord itself, or give a REST base such as http://127.0.0.1:4000/api.',
  },
  DISCORD_WEBHOOK_URL: {
    schema: url('https', 'http'),
    secret: true,
    remedy: 'Copy it from the channel’s settings in Discord: Integrations › Webhooks.',
  },

  CHATOPS_INTENTS_DIR: {
    schema: text,
    path: 'directory',
    fallback: './intents',
    remedy: 'Give the folder that holds the intents.',
  },
  CHATOPS_DATA_DIR: {
    schema: text,
    path: 'directory',
    fallback: './data',
    remedy: 'Give a folder that ChatOps may write to.',
  },
  CHATOPS_CONFIRM_TTL_SECONDS: {
    schema: wholeNumber(1, 86_400),
    fallback: '900',
    remedy: 'Give the seconds that a preview stays open, for example 900.',
  },
  CHATOPS_APPROVAL_TTL_SECONDS: {
    schema: wholeNumber(1, 604_800),
    fallback: '43200',
    remedy: 'Give the seconds that a preview waits for somebody else, for example 43200 for 12 hours.',
  },
  CHATOPS_RUNS_AT_ONCE: {
    schema: wholeNumber(1, 1000),
    fallback: '4',
    remedy: 'Give how many runs may be under way at once on this host, for example 4.',
  },
  CHATOPS_LARGE_DELETION_FILES: {
    schema: wholeNumber(0, 1_000_000_000),
    fallback: '1000',
    remedy: 'Give the number of files from which on the intent’s name has to be typed, for example 1000.',
  },
  CHATOPS_LARGE_DELETION_GIB: {
    schema: wholeNumber(0, 1_000_000),
    fallback: '100',
    remedy: 'Give the GiB from which on the intent’s name has to be typed, for example 100.',
  },
  CHATOPS_SHUTDOWN_GRACE_SECONDS: {
    schema: wholeNumber(0, 3600),
    fallback: '4',
    remedy: 'Give the seconds that running runs get to end, for example 4. `docker stop` kills after 10.',
  },
  CHATOPS_PROBE_SECONDS: {
    schema: wholeNumber(1, 3600),
    fallback: '60',
    remedy: 'Give the seconds that a command of a preview may show no sign of life, for example 60.',
  },
  CHATOPS_STALL_SECONDS: {
    schema: wholeNumber(1, 86_400),
    fallback: '600',
    remedy: 'Give the seconds that a command of a run may show no sign of life, for example 600.',
  },
  CHATOPS_KEEP_RUNS_DAYS: {
    schema: wholeNumber(1, 36_500),
    fallback: '365',
    remedy: 'Give the days that runs are kept, for example 365.',
  },
  CHATOPS_KEEP_RUNS_MAX: {
    schema: wholeNumber(100, 10_000_000),
    fallback: '50000',
    remedy: 'Give how many runs are kept at most, for example 50000.',
  },
  CHATOPS_KEEP_PREVIEWS_DAYS: {
    schema: wholeNumber(1, 36_500),
    fallback: '7',
    remedy: 'Give the days that dry runs and unconfirmed previews are kept, for example 7.',
  },
  CHATOPS_KEEP_LOGS_DAYS: {
    schema: wholeNumber(1, 36_500),
    fallback: '90',
    remedy: 'Give the days that the plans and logs of runs are kept, for example 90.',
  },
  CHATOPS_PLAYGROUND_PORT: {
    schema: wholeNumber(0, 65_535),
    fallback: '4000',
    remedy: 'Give a free port, for example 4000; 0 lets the system choose.',
  },
  CHATOPS_PLAYGROUND_KEY: {
    schema: pageKey,
    secret: true,
    remedy: 'Remove it: each start then makes a key of its own.',
  },
  CHATOPS_SCHEDULES_FILE: {
    schema: text,
    path: 'file',
    remedy: 'Give a readable JSON or YAML file, or remove it.',
  },
  CHATOPS_POLICY_FILE: { schema: text, path: 'file', remedy: 'Give a readable YAML file, or remove it.' },
  CHATOPS_RBAC_FILE: { schema: text, path: 'file', remedy: 'Give a readable file, or remove it.' },
  CHATOPS_RBAC_JSON: {
    schema: jsonObject,
    hidden: true,
    remedy: 'Write it as {"keys": {…}}, or use CHATOPS_RBAC_FILE.',
  },
  APPROVED_LABEL: { schema: word, remedy: 'Give the one label that intents may ask for, or remove it.' },
  LOG_LEVEL: { schema: logLevel, fallback: 'info', remedy: 'Use info, or debug to see more.' },
  NODE_ENV: { schema: word, remedy: 'Use production on a server, or remove it.' },

  CHATOPS_HTTP_HOST: {
    schema: listenHost,
    fallback: '127.0.0.1',
    remedy: 'Use 127.0.0.1 for this machine only, or 0.0.0.0 for every network.',
  },
  CHATOPS_HTTP_PORT: {
    schema: wholeNumber(0, 65_535),
    fallback: '8000',
    remedy: 'Give a free port, for example 8000; 0 lets the system choose.',
  },
  CHATOPS_API_KEY: {
    schema: apiKeys,
    secret: true,
    remedy: 'Make one with `openssl rand -hex 32`. A hash is written sha256: and 64 hex digits.',
  },
  CHATOPS_HTTP_RATE_LIMIT: {
    schema: wholeNumber(0, 1_000_000),
    fallback: '10',
    remedy: 'Give the calls that a client may make in a minute, for example 10; 0 is no limit.',
  },
  CHATOPS_IP_ALLOWLIST: { schema: networks, remedy: 'Separate with commas, for example 10.0.0.0/8,::1.' },
  CHATOPS_TRUSTED_PROXIES: { schema: networks, remedy: 'Separate with commas, for example 10.0.0.2.' },
  GITHUB_WEBHOOK_SECRET: {
    schema: word,
    secret: true,
    remedy: 'Use the secret that the webhook’s settings on GitHub hold.',
  },
  GITLAB_WEBHOOK_TOKEN: {
    schema: word,
    secret: true,
    remedy: 'Use the token that the webhook’s settings on GitLab hold.',
  },
  GITHUB_STATUS_TOKEN: {
    schema: word,
    secret: true,
    remedy: 'Make a fine-grained token with “Commit statuses: write”, or remove it.',
  },
  GITHUB_API_URL: {
    schema: url('https', 'http'),
    fallback: 'https://api.github.com',
    remedy: 'Remove it for github.com, or give https://<host>/api/v3.',
  },
  GITLAB_STATUS_TOKEN: {
    schema: word,
    secret: true,
    remedy: 'Make a project access token with the scope “api”, or remove it.',
  },
  GITLAB_API_URL: {
    schema: url('https', 'http'),
    fallback: 'https://gitlab.com/api/v4',
    remedy: 'Remove it for gitlab.com, or give https://<host>/api/v4.',
  },

  PVE_API_URL: {
    schema: url('https', 'http'),
    remedy: 'Give the address of the Proxmox API, for example https://pve.lan:8006.',
  },
  PVE_API_TOKEN: {
    schema: pveToken,
    secret: true,
    remedy: 'Make one in Proxmox: Datacenter › Permissions › API Tokens.',
  },
  PVE_CA_FILE: { schema: text, path: 'file', remedy: 'Give a readable PEM file, or remove it.' },
  DATABASE_URL: { schema: anyUrl, secret: true, remedy: 'Remove it to keep everything in CHATOPS_DATA_DIR.' },
  REDIS_URL: {
    schema: url('redis', 'rediss'),
    secret: true,
    remedy: 'Give an address such as redis://127.0.0.1:6379, or remove it.',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;
export const VARIABLE_NAMES = Object.keys(VARIABLES) as VariableName[];

/** What a variable's value is after it was checked; null when it is not set and has no fallback. */
export type ValueOf<Name extends VariableName> =
  | z.output<(typeof VARIABLES)[Name]['schema']>
  | ((typeof VARIABLES)[Name] extends { fallback: string } ? never : null);

export function variable(name: VariableName): Variable {
  return VARIABLES[name];
}

/** The variables with a secret, each of which has a `_FILE` twin. */
export const SECRET_NAMES = VARIABLE_NAMES.filter((name) => variable(name).secret === true);

export function twinOf(name: string): string {
  return `${name}_FILE`;
}

/** Every name that ChatOps itself reads, twins included. */
export const ALL_NAMES: readonly string[] = [...VARIABLE_NAMES, ...SECRET_NAMES.map(twinOf)];
