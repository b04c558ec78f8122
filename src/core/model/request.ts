import type { ScheduleTie } from './schedule-tie.js';

/** Which entrance a request came through. */
export type Source = 'discord' | 'http' | 'cli' | 'schedule' | 'webhook';

/** Who asked. The rights (guild, roles, administrator) are as of this moment and are never stored. */
export interface Actor {
  readonly kind: 'user' | 'api_key' | 'schedule' | 'webhook' | 'operator';
  /** Stable within its kind: a Discord user's snowflake, a key's name, the local login. */
  readonly id: string;
  readonly name: string;
  readonly guildId?: string;
  readonly roleIds?: readonly string[];
  /** The same roles by the names that they have now. */
  readonly roleNames?: readonly string[];
  /** Where a Discord user speaks: the channel, or the one that a thread belongs to. */
  readonly channel?: { readonly id: string; readonly name: string };
  /** Speaks in the server that the bot serves. */
  readonly atHome?: boolean;
  /** Has Discord's Administrator permission in the guild. */
  readonly administrator?: boolean;
}

/** What of an actor is kept in the history and the audit trail. */
export type ActorRef = Named<Actor['kind']>;

interface Named<Kind> {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
}

export function actorRef<Kind extends string>({ kind, id, name }: Named<Kind>): Named<Kind> {
  return { kind, id, name };
}

export function sameActor(a: ActorRef, b: ActorRef): boolean {
  return a.kind === b.kind && a.id === b.id;
}

/** Values for an intent's parameters, by name. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** The only way to make anything happen: an intent by name, who asks, and from where. */
export interface RunRequest {
  readonly intent: string;
  readonly params: Params;
  readonly actor: Actor;
  readonly source: Source;
  /** Stop after the plan: nothing can be confirmed. */
  readonly dryRun: boolean;
  /** The intent must have this action, because the command says so (`/backup`, `/scale`). */
  readonly action?: Action;
  /** The run that this one repeats or replaces. */
  readonly previous?: string;
  /** Instead of the intent's steps: put back what this interrupted run left. The intent is that run's. */
  readonly undoes?: string;
  /** A run of the same intent that ended early: steps that it finished are not repeated. */
  readonly resumes?: string;
  /** Intents that ran a moment ago in the same call, and in which runs: what depends on them doesn't run them again. */
  readonly alreadyRan?: Readonly<Record<string, string>>;
  /** A caller of the API sees the answer, and needs no alert about what can't begin. */
  readonly attended?: true;
  /** The schedule that it comes from, and which of its times. */
  readonly schedule?: ScheduleTie;
}

export type Action = 'backup' | 'scale' | 'rollout' | 'steps';
