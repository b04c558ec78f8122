import type { Overwrite } from './permissions.js';

/** The shapes that Discord sends, with Discord's own field names; only the fields that the double knows. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly discriminator: '0';
  readonly avatar: null;
  readonly bot: boolean;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  /** A decimal bit set. */
  readonly permissions: string;
  readonly position: number;
  readonly mentionable: boolean;
}

export interface Member {
  readonly user: User;
  readonly roles: readonly string[];
}

/** 0: text, 11: public thread, 12: private thread. */
type ChannelType = 0 | 11 | 12;

export interface Channel {
  readonly id: string;
  readonly type: ChannelType;
  readonly name: string;
  /** Of a thread: the channel it belongs to. */
  readonly parent_id: string | null;
  readonly permission_overwrites: readonly Overwrite[];
  readonly last_message_id: string | null;
  readonly owner_id?: string;
  readonly thread_metadata?: ThreadMetadata;
}

interface ThreadMetadata {
  readonly archived: boolean;
  readonly locked: boolean;
  readonly auto_archive_duration: number;
  readonly archive_timestamp: string;
}

interface SelectOption {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly default?: boolean;
}

/** Any component, old and new: https://discord.com/developers/docs/components/reference */
export interface Component {
  readonly type: number;
  readonly custom_id?: string;
  readonly label?: string;
  readonly style?: number;
  readonly disabled?: boolean;
  readonly url?: string;
  readonly content?: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly required?: boolean;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_values?: number;
  readonly max_values?: number;
  readonly options?: readonly SelectOption[];
  readonly components?: readonly Component[];
  /** Beside a section's text. */
  readonly accessory?: Component;
  /** Inside a label. */
  readonly component?: Component;
  /** Of a label: what the input is for. */
  readonly description?: string;
}

export const COMPONENT = {
  ROW: 1,
  BUTTON: 2,
  STRING_SELECT: 3,
  TEXT_INPUT: 4,
  USER_SELECT: 5,
  CHANNEL_SELECT: 8,
  SECTION: 9,
  TEXT: 10,
  THUMBNAIL: 11,
  GALLERY: 12,
  FILE: 13,
  SEPARATOR: 14,
  CONTAINER: 17,
  LABEL: 18,
} as const;

/** A button that opens a page instead of asking the bot. */
export const LINK_STYLE = 5;

export interface Embed {
  readonly title?: string;
  readonly description?: string;
  readonly url?: string;
  readonly color?: number;
  readonly timestamp?: string;
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline?: boolean }[];
  readonly footer?: { readonly text: string };
  readonly author?: { readonly name: string };
}

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly url: string;
  readonly proxy_url: string;
  readonly content_type: string;
  readonly description?: string;
}

/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
export const FLAG = {
  SUPPRESS_EMBEDS: 1 << 2,
  HAS_THREAD: 1 << 5,
  EPHEMERAL: 1 << 6,
  LOADING: 1 << 7,
  SUPPRESS_NOTIFICATIONS: 1 << 12,
  COMPONENTS_V2: 1 << 15,
} as const;

export interface MessageReference {
  readonly type: 0;
  readonly message_id: string;
  readonly channel_id: string;
  readonly guild_id: string;
}

export interface Message {
  readonly id: string;
  readonly channel_id: string;
  readonly author: User;
  readonly content: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly tts: boolean;
  readonly mention_everyone: boolean;
  readonly mentions: readonly User[];
  readonly mention_roles: readonly string[];
  readonly attachments: readonly Attachment[];
  readonly embeds: readonly Embed[];
  readonly pinned: boolean;
  readonly type: number;
  /** Bits of {@link FLAG}. */
  readonly flags: number;
  readonly components: readonly Component[];
  readonly nonce?: string | number;
  readonly message_reference?: MessageReference;
  readonly referenced_message?: Message | null;
  readonly application_id?: string;
  readonly webhook_id?: string;
  readonly interaction_metadata?: InteractionMetadata;
  readonly thread?: Channel;
}

interface InteractionMetadata {
  readonly id: string;
  readonly type: number;
  readonly user: User;
  readonly authorizing_integration_owners: Readonly<Record<string, string>>;
}

/** An option of a slash command. 1: sub-command, 2: group of sub-commands, 3 to 11: a value. */
export interface CommandOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly Choice[];
  readonly options?: readonly CommandOption[];
}

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

export interface Command {
  readonly id: string;
  readonly application_id: string;
  readonly guild_id?: string;
  readonly version: string;
  readonly type: 1;
  readonly name: string;
  readonly description: string;
  readonly options: readonly CommandOption[];
  /** A decimal bit set; null: everybody. `0`: administrators only. */
  readonly default_member_permissions: string | null;
}

/** A form in a window of its own. */
export interface Modal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly Component[];
}
