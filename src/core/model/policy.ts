import type { Action } from './request.js';

/** What an actor may do with an intent, its runs or its stack. Each of them includes `view`. */
export const RIGHTS = ['run', 'view', 'stop', 'approve', 'lock'] as const;
export type Right = (typeof RIGHTS)[number];

/** What an API key may call. `run` and `orchestrate` run intents, which is judged for each of them besides. */
export const ENDPOINTS = [
  'run',
  'orchestrate',
  'schedules',
  'schedules_reload',
  'schedules_run_now',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** The name under which the key in the variable of this name acts. */
export const ENVIRONMENT_KEY = 'CHATOPS_API_KEY';

/** What somebody wants to do something with. Null: unknown, which only rules without that limit are about. */
export interface Subject {
  readonly intent: string | null;
  readonly action: Action | null;
  readonly stack: string | null;
}

/** What a rule is about. `*` in an entry stands for any text; `['*']` is no limit. */
export interface Scope {
  readonly actions: readonly string[];
  readonly stacks: readonly string[];
  readonly intents: readonly string[];
}

/** Whom a rule is about. */
export interface Who {
  /** Ids (only digits) or exact names, and `@everyone` for every member of the server. */
  readonly discordRoles: readonly string[];
  /** Ids. */
  readonly users: readonly string[];
  /** Names, which may hold `*`; so for the next two. */
  readonly apiKeys: readonly string[];
  readonly schedules: readonly string[];
  readonly webhooks: readonly string[];
  /** Ids or exact names: the rule counts for Discord users there only. Null: everywhere. */
  readonly channels: readonly string[] | null;
}

interface Named {
  /** The key under which it stands in the file. */
  readonly name: string;
  /** Where it stands, for people: `policy.yaml` › roles › Viewer. */
  readonly path: readonly string[];
}

/** Gives rights. */
export interface Role extends Named, Who, Scope {
  readonly rights: readonly Right[];
  readonly endpoints: readonly Endpoint[];
}

/** Takes rights away, whatever the roles give. */
export interface Deny extends Named, Who, Scope {
  /** About everybody: it names nobody. */
  readonly everybody: boolean;
  readonly rights: readonly Right[];
  readonly reason: string | null;
}

/** When runs are refused (a freeze), or when alone they are not (a window). */
export interface Times extends Named, Scope {
  /** Days on which it begins, 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day. `to` at or before `from` lies on the next day. */
  readonly from: number;
  readonly to: number;
  /** First and last day on which it begins, `2026-12-20`; null: no such limit. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly timezone: string;
  /** Names of roles of the policy that it doesn't hold back. */
  readonly except: readonly string[];
  readonly reason: string | null;
}

export type Confirm = 'never' | 'person' | 'two_people';

/** Who must agree before a run begins. */
export interface ConfirmRule extends Named, Scope {
  readonly confirm: Confirm;
  /** Id or name of the Discord role that the second person must have. */
  readonly approverRole: string | null;
}

/** A key that calls the API, by its hash or by the environment variable that holds it. */
export interface ApiKey {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string | null;
  readonly secret: string | null;
}

/** Where webhooks may come from. */
export interface WebhookRule extends Named {
  readonly provider: 'github' | 'gitlab' | null;
  readonly repositories: readonly string[];
  readonly branches: readonly string[];
}

/** How much of something: so many runs in a time, so many at once. Null: no such limit. */
export interface Limit {
  readonly runs: number | null;
  readonly perSeconds: number | null;
  readonly atOnce: number | null;
}

export interface Limits {
  readonly perPerson: Limit;
  readonly perIntent: Limit;
  /** Runs at once on one host. */
  readonly atOnce: number | null;
}

/** An example in the policy file: what the policy must say about it. */
export interface Example extends Named {
  readonly actor: {
    readonly kind: 'user' | 'api_key' | 'schedule' | 'webhook';
    readonly id: string;
    readonly roles: readonly string[];
    readonly channel: string | null;
  };
  readonly right: Right;
  /** The intent's own action and stack are taken where they are null. */
  readonly subject: Subject;
  readonly at: Date | null;
  readonly expect: 'allowed' | 'refused';
  /** The line in the file. */
  readonly line: number;
}

/** Who may do what. */
export interface Policy {
  readonly roles: readonly Role[];
  readonly deny: readonly Deny[];
  readonly freezes: readonly Times[];
  readonly windows: readonly Times[];
  readonly confirm: readonly ConfirmRule[];
  readonly apiKeys: readonly ApiKey[];
  /** Null: the file has no such section. */
  readonly webhooks: readonly WebhookRule[] | null;
  readonly limits: Limits;
  readonly examples: readonly Example[];
}

/** What is in force now. */
export type Rules =
  /** A policy; whatever it doesn't give is refused. */
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** No policy file: administrators may all. `keys`: the older form's rights of API keys, when it is used. */
  | { readonly kind: 'open'; readonly keys: Policy | null }
  /** There is a policy and it can't be read, and no earlier version was good: nobody but the operator may. */
  | { readonly kind: 'closed'; readonly file: string };

export const NO_LIMITS: Limits = {
  perPerson: { runs: null, perSeconds: null, atOnce: null },
  perIntent: { runs: null, perSeconds: null, atOnce: null },
  atOnce: null,
};

export const EMPTY_POLICY: Policy = {
  roles: [],
  deny: [],
  freezes: [],
  windows: [],
  confirm: [],
  apiKeys: [],
  webhooks: null,
  limits: NO_LIMITS,
  examples: [],
};
