import type { LOG_LEVELS } from './checks.js';

/** Everything that the environment says, checked and frozen. Paths are absolute; null means not set. */
export interface Config {
  readonly production: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly discord: {
    readonly token: string | null;
    readonly guildId: string | null;
    readonly opsChannelId: string | null;
    /** REST base without a slash at its end. */
    readonly apiUrl: string;
    readonly webhookUrl: string | null;
  };
  readonly intentsDir: string;
  readonly dataDir: string;
  readonly confirmTtlSeconds: number;
  readonly approvalTtlSeconds: number;
  /** Runs that this host executes at once, where the policy says nothing about it. */
  readonly runsAtOnce: number;
  /** From where on a deletion is large: more files, or more bytes. */
  readonly largeDeletion: { readonly files: number; readonly bytes: number };
  readonly shutdownGraceSeconds: number;
  readonly playground: {
    readonly port: number;
    /** The port was asked for: no other one will do. */
    readonly portIsSet: boolean;
    readonly key: string | null;
  };
  readonly approvedLabel: string | null;
  readonly schedulesFile: string | null;
  readonly policyFile: string | null;
  readonly rbac: { readonly file: string | null; readonly json: Readonly<Record<string, unknown>> | null };
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly apiKey: string | null;
    readonly ipAllowlist: readonly string[];
    readonly trustedProxies: readonly string[];
  };
  readonly webhooks: { readonly githubSecret: string | null; readonly gitlabToken: string | null };
  readonly pve: {
    readonly apiUrl: string | null;
    readonly apiToken: string | null;
    readonly caFile: string | null;
  };
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
}
