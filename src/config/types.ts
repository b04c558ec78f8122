import type { LOG_LEVELS } from './checks.js';

/** Everything that the environment says, checked and frozen. Paths are absolute; null means not set. */
export interface Config {
  readonly production: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly discord: {
    readonly token: string | null;
    readonly guildId: string | null;
    readonly opsChannelId: string | null;
    /** Mentioned in that channel when an alert opens. */
    readonly opsRoleId: string | null;
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
  /** A command may be without a sign of life for so long: one that looks, and one that works. */
  readonly probeSeconds: number;
  readonly stallSeconds: number;
  /** How long things are kept, in days, and how many runs at most. */
  readonly keep: {
    readonly runsDays: number;
    readonly runsAtMost: number;
    readonly previewsDays: number;
    readonly logsDays: number;
  };
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
    /** One key, or a file's lines of `key` or `name key`. */
    readonly apiKey: string | null;
    /** The file that the keys come from; they can change there without a restart. */
    readonly apiKeyFile: string | null;
    /** Calls a minute that a client may make on each of /run and /orchestrate; 0 is no limit. */
    readonly rateLimit: number;
    readonly ipAllowlist: readonly string[];
    readonly trustedProxies: readonly string[];
  };
  readonly webhooks: { readonly githubSecret: string | null; readonly gitlabToken: string | null };
  /** Where the states of commits are told; REST bases without a slash at their end. */
  readonly commitStatus: {
    readonly githubToken: string | null;
    readonly githubApiUrl: string;
    readonly gitlabToken: string | null;
    readonly gitlabApiUrl: string;
  };
  readonly pve: {
    readonly apiUrl: string | null;
    readonly apiToken: string | null;
    readonly caFile: string | null;
  };
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
}
