import type { Channel, Command, Member, Message, Role, User } from '../wire/types.js';
import type { Clock } from './clock.js';
import type { Interaction } from './interaction.js';

/** Who a message really notified. Edits notify nobody. */
export interface Pings {
  readonly everyone: boolean;
  readonly roles: readonly string[];
  readonly users: readonly string[];
}

/** A message and what Discord knows about it without telling everybody. */
export interface StoredMessage extends Message {
  readonly pings: Pings;
  /** The only person who sees it (ephemeral); null: everybody in the channel. */
  readonly visibleTo: string | null;
  /** The interaction whose token made it. */
  readonly interactionId: string | null;
}

interface StoredFile {
  readonly filename: string;
  readonly contentType: string;
  readonly data: Buffer;
}

/** A guild that the bot is in too, and in which nothing happens. */
interface OtherGuild {
  readonly id: string;
  readonly name: string;
  readonly channels: readonly Channel[];
}

/** A webhook that posts to one channel: https://discord.com/developers/docs/resources/webhook */
interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly channelId: string;
}

export interface WorldConfig {
  readonly token: string;
  /** Milliseconds in which the bot must answer an interaction. */
  readonly firstAnswerMs: number;
  /** Milliseconds for which an interaction's token works. */
  readonly interactionTokenMs: number;
  /** How many edits messages over an hour old bear in one channel, and in which time, before error 30046. */
  readonly oldMessageEdits: { readonly limit: number; readonly windowMs: number };
}

/** What happens, as it happens; the gateway, the tests and a page listen to it. */
export type WorldEvent =
  | { readonly type: 'message_create' | 'message_update'; readonly message: StoredMessage }
  | { readonly type: 'message_delete'; readonly message: StoredMessage }
  | {
      readonly type: 'channel_update' | 'thread_create' | 'thread_update' | 'thread_delete';
      readonly channel: Channel;
    }
  | { readonly type: 'member_update'; readonly member: Member }
  | { readonly type: 'role_update'; readonly role: Role }
  | { readonly type: 'typing'; readonly channelId: string; readonly userId: string }
  | { readonly type: 'commands_update' }
  | { readonly type: 'interaction_create' | 'interaction_update'; readonly interaction: Interaction }
  | { readonly type: 'gateway'; readonly connected: boolean }
  | { readonly type: 'bot_in_guild'; readonly value: boolean }
  | { readonly type: 'request' }
  | { readonly type: 'closed' };

export type WorldListener = (event: WorldEvent) => void;

/** Everything that the local Discord knows, in memory. */
export interface World {
  readonly config: WorldConfig;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly guild: { readonly id: string; readonly name: string; readonly ownerId: string };
  readonly otherGuilds: readonly OtherGuild[];
  readonly bot: User;
  /** The application's id is the bot user's id, as for every application made since 2016. */
  readonly applicationId: string;
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
  readonly channels: Map<string, Channel>;
  readonly messages: Map<string, StoredMessage>;
  readonly files: Map<string, StoredFile>;
  readonly globalCommands: Map<string, Command>;
  readonly guildCommands: Map<string, Command>;
  /** By token. */
  readonly interactions: Map<string, Interaction>;
  readonly webhooks: Map<string, Webhook>;
  /** Instants of edits to old messages, by channel. */
  readonly oldEdits: Map<string, readonly number[]>;
  /** Where uploaded files are served, without a slash at the end. */
  readonly filesUrl: { value: string };
  /** Is the bot in the guild? */
  readonly botInGuild: { value: boolean };
  emit(event: WorldEvent): void;
  subscribe(listener: WorldListener): () => void;
}

/** Listeners are called in the order in which they subscribed. */
export function createEmitter(): Pick<World, 'emit' | 'subscribe'> {
  const listeners = new Set<WorldListener>();
  return {
    emit(event) {
      for (const listener of [...listeners]) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
