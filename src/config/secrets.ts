import { resolve } from 'node:path';
import { hashOfLine, readKeyLines } from '../core/policy/key-lines.js';
import type { Secrets } from '../core/ports/redact.js';
import type { Environment } from './read.js';
import { readSecretFile } from './secret-file.js';
import type { Config } from './types.js';
import { ALL_NAMES, twinOf } from './variables.js';

/** The values in the configuration that nobody may read: to be hidden in whatever leaves the process. */
export function secretsOf(config: Config): readonly string[] {
  const { discord, http, webhooks, commitStatus, playground, pve, databaseUrl, redisUrl } = config;
  const values = [
    discord.token,
    discord.webhookUrl,
    ...keysOf(http.apiKey),
    webhooks.githubSecret,
    webhooks.gitlabToken,
    playground.key,
    commitStatus.githubToken,
    commitStatus.gitlabToken,
    pve.apiToken,
    databaseUrl,
    redisUrl,
    afterLast('/', withoutQuery(discord.webhookUrl)),
    afterLast('=', pve.apiToken),
    ...passwords(databaseUrl),
    ...passwords(redisUrl),
  ];
  return [...new Set(values.filter((value): value is string => value !== null && value !== ''))];
}

function withoutQuery(url: string | null): string | null {
  return url === null ? null : url.replace(/\/?(?:[?#].*)?$/, '');
}

/** The API keys in a text, without those that are only there as hashes. */
export function keysOf(text: string | null): readonly string[] {
  const keys = readKeyLines(text ?? '') ?? [];
  return keys.map(({ key }) => key).filter((key) => hashOfLine(key) === null);
}

function afterLast(separator: string, value: string | null): string | null {
  return value === null ? null : value.slice(value.lastIndexOf(separator) + 1);
}

/** The password in a URL as it is written there, and as programs show it. */
function passwords(url: string | null): readonly string[] {
  if (url === null) return [];
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** How environment variables that intents may name look. */
const SECRET_NAME = /^[A-Z][A-Z0-9_]*$/;

export interface SecretsOptions {
  /** Told of each value before it is handed out, so that it can be redacted everywhere. */
  readonly onResolved: (value: string) => void;
  /** Absolute folder that relative paths in `_FILE` variables count from. Default: the working directory. */
  readonly cwd?: string;
}

/**
 * The secrets that intents name by environment variable: `NAME`, or the file that `NAME_FILE` names, which
 * is read anew each time. ChatOps' own variables are never handed out: an intent could send them anywhere.
 */
export function createSecrets(env: Environment, options: SecretsOptions): Secrets {
  const read = (name: string): { value: string } | { problem: string } => {
    if (!SECRET_NAME.test(name)) return { problem: 'is not a name of an environment variable' };
    if (ALL_NAMES.includes(name)) return { problem: 'belongs to ChatOps itself and is not for intents' };
    const own = env[name];
    if (own) return { value: own };
    const file = env[twinOf(name)];
    if (!file) return { problem: `is not set, and neither is ${twinOf(name)}` };
    const content = readSecretFile(resolve(options.cwd ?? process.cwd(), file));
    return content.ok
      ? { value: content.value }
      : { problem: `is not set, and ${twinOf(name)} ${content.problem}` };
  };
  return {
    has: (name) => 'value' in read(name),
    resolve: (name) => {
      const result = read(name);
      if ('problem' in result) throw new Error(`The secret ${name} ${result.problem}.`);
      options.onResolved(result.value);
      return result.value;
    },
  };
}
