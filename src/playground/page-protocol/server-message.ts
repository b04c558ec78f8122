import type { Channel, Choice, Command, Message, Modal } from '../wire/types.js';

/** Somebody that the page can act as. */
export interface PageMember {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** A message as one member sees it. */
export interface PageMessage extends Message {
  /** Only this member sees it. */
  readonly isPrivate: boolean;
  /** The slash command that it answers, without the slash. */
  readonly command: string | null;
}

export type PageChannel = Pick<Channel, 'id' | 'type' | 'name' | 'parent_id' | 'thread_metadata'>;

/** Everything that does not depend on whom the page acts as. */
export interface Welcome {
  readonly type: 'welcome';
  /** Changes with each start: ids of an older start mean nothing. */
  readonly start: string;
  readonly guild: { readonly id: string; readonly name: string };
  readonly bot: { readonly id: string; readonly name: string };
  readonly members: readonly PageMember[];
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly botConnected: boolean;
  readonly latencyMs: number;
}

/** What one member sees, all of it. */
export interface Scene {
  readonly type: 'scene';
  readonly actingAs: string;
  readonly channels: readonly PageChannel[];
  readonly messages: readonly PageMessage[];
  /** By channel; threads have their channel's. */
  readonly commands: Readonly<Record<string, readonly Command[]>>;
}

/** One line of the developer bar. */
export interface TraceEntry {
  readonly kind: 'rest' | 'gateway';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `POST /channels/1/messages`, or a gateway event's name. Tokens are cut out. */
  readonly title: string;
  /** HTTP status; null for events and for requests that got no answer. */
  readonly status: number | null;
  /** Milliseconds that the request took. */
  readonly ms: number | null;
  /** A person's new deed: what follows belongs to it. */
  readonly begins: boolean;
}

/** How far a deed has come. */
export interface DeedState {
  readonly type: 'deed';
  readonly ref: string;
  readonly state: 'waiting' | 'answered' | 'failed';
  /** Milliseconds until the bot's first answer. */
  readonly ms: number | null;
  readonly modal: Modal | null;
  readonly choices: readonly Choice[] | null;
}

export type ServerMessage =
  | Welcome
  | Scene
  | DeedState
  | { readonly type: 'message'; readonly message: PageMessage; readonly isNew: boolean }
  | { readonly type: 'gone'; readonly id: string }
  | { readonly type: 'channel'; readonly channel: PageChannel }
  | { readonly type: 'typing'; readonly channelId: string; readonly userId: string }
  | { readonly type: 'bot'; readonly connected: boolean }
  | { readonly type: 'latency'; readonly ms: number }
  | { readonly type: 'trace'; readonly entry: TraceEntry }
  /** What a member's client would not let them do. */
  | { readonly type: 'problem'; readonly ref: string | null; readonly text: string }
  /** The page's own files changed. */
  | { readonly type: 'reload' };
