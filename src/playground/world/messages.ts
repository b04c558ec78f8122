import { checkMessage, checkNotEmpty } from '../limits/message.js';
import type { FieldPath } from '../wire/form-errors.js';
import type { JsonObject } from '../wire/json.js';
import { type Channel, FLAG, type User } from '../wire/types.js';
import { attachmentsFor, type Upload } from './attachments.js';
import type { Interaction } from './interaction.js';
import { pingsOf } from './mentions.js';
import { contentFields, contentOf, flagsIn, mentionFields, metadataOf, textsOf } from './message-fields.js';
import { countOldEdit } from './old-edits.js';
import { findReference } from './references.js';
import type { StoredMessage, World } from './world.js';

/** Flags that a sender may set; `EPHEMERAL` only in answers to interactions. */
const SETTABLE = FLAG.SUPPRESS_EMBEDS | FLAG.SUPPRESS_NOTIFICATIONS | FLAG.COMPONENTS_V2 | FLAG.EPHEMERAL;
/** Flags that an edit may change. */
const EDITABLE = FLAG.SUPPRESS_EMBEDS | FLAG.COMPONENTS_V2;
/** Milliseconds for which `enforce_nonce` remembers: "the past few minutes". */
const NONCE_MS = 5 * 60_000;

/** What somebody sends, and how. */
export interface Draft {
  readonly channel: Channel;
  readonly author: User;
  readonly body: JsonObject;
  readonly uploads: readonly Upload[];
  /** Where the message lies in the request's body. */
  readonly path: FieldPath;
  readonly type?: number;
  /** The interaction that it answers, by whose token it was sent. */
  readonly interaction?: Interaction;
  readonly webhookId?: string;
  /** Flags that Discord itself sets, such as LOADING. A loading message may be empty. */
  readonly systemFlags?: number;
}

/**
 * Checks and stores a new message, computes whom it pings, and tells everybody.
 * @throws {ApiError} 50035, 50006, 40005
 */
export function createMessage(world: World, draft: Draft): StoredMessage {
  const { channel, author, body, uploads, path, interaction, systemFlags = 0 } = draft;
  const repeated = findRepeated(world, draft);
  if (repeated) return repeated;

  const flags = (flagsIn(body) & SETTABLE) | systemFlags;
  const reference = findReference(world, channel, body, path);
  const attachments = attachmentsFor(world, { channelId: channel.id, body, uploads, existing: [], path });
  const files = attachments.map(({ filename }) => filename);
  checkMessage(body, { path, flags, files, ephemeralAllowed: interaction !== undefined });
  if (!(flags & FLAG.LOADING)) checkNotEmpty({ ...contentOf(body), attachments: attachments.length, flags });

  const content = contentOf(body);
  const pings = pingsOf(world, {
    text: [content.content, ...textsOf(content.components)].join('\n'),
    allowedMentions: body.allowed_mentions,
    channel,
    authorId: author.id,
    repliedTo: reference?.referenced_message.author.id ?? null,
  });
  const message: StoredMessage = {
    id: world.newId(),
    channel_id: channel.id,
    author,
    ...content,
    timestamp: new Date(world.clock.now()).toISOString(),
    edited_timestamp: null,
    tts: false,
    ...mentionFields(world, pings),
    attachments,
    pinned: false,
    type: draft.type ?? (reference ? 19 : 0),
    flags,
    ...(typeof body.nonce === 'string' || typeof body.nonce === 'number' ? { nonce: body.nonce } : {}),
    ...reference,
    ...(draft.webhookId ? { webhook_id: draft.webhookId } : {}),
    ...(interaction ? metadataOf(world, interaction) : {}),
    pings,
    visibleTo: interaction && flags & FLAG.EPHEMERAL ? interaction.userId : null,
    interactionId: interaction?.id ?? null,
  };
  world.messages.set(message.id, message);
  world.channels.set(channel.id, { ...channel, last_message_id: message.id });
  world.emit({ type: 'message_create', message });
  return message;
}

/** What an edit changes, and where it lies in the request. */
export interface Edit {
  readonly body: JsonObject;
  readonly uploads: readonly Upload[];
  readonly path: FieldPath;
}

/**
 * Changes a message; only fields that are given. It stays as public or private as it was, and pings nobody.
 * @throws {ApiError} 50035, 50006, 40005, 30046
 */
export function editMessage(world: World, old: StoredMessage, { body, uploads, path }: Edit): StoredMessage {
  const wanted = 'flags' in body && body.flags !== null ? flagsIn(body) : old.flags;
  // The new components can be switched on by an edit, never off again.
  const v2 = old.flags & FLAG.COMPONENTS_V2;
  const flags = (old.flags & ~EDITABLE & ~FLAG.LOADING) | (wanted & EDITABLE) | v2;
  const merged = { ...body, ...contentOf({ ...contentFields(old), ...body }) };
  const attachments = attachmentsFor(world, {
    channelId: old.channel_id,
    body,
    uploads,
    existing: old.attachments,
    path,
  });
  const files = attachments.map(({ filename }) => filename);
  checkMessage(merged, { path, flags, files, ephemeralAllowed: true });
  checkNotEmpty({ ...merged, attachments: attachments.length, flags });
  const finishesLoading = (old.flags & FLAG.LOADING) !== 0;
  if (!finishesLoading) countOldEdit(world, old);

  const message: StoredMessage = {
    ...old,
    ...contentOf(merged),
    attachments,
    flags,
    edited_timestamp: finishesLoading ? null : new Date(world.clock.now()).toISOString(),
  };
  return replaceMessage(world, message);
}

/** Stores a message's new state and tells everybody. */
export function replaceMessage(world: World, message: StoredMessage): StoredMessage {
  world.messages.set(message.id, message);
  world.emit({ type: 'message_update', message });
  return message;
}

export function deleteMessage(world: World, message: StoredMessage): void {
  world.messages.delete(message.id);
  world.emit({ type: 'message_delete', message });
}

function findRepeated(world: World, { body, author, channel }: Draft): StoredMessage | null {
  if (body.enforce_nonce !== true || body.nonce === undefined || body.nonce === null) return null;
  const since = world.clock.now() - NONCE_MS;
  const same = [...world.messages.values()].find(
    (message) =>
      message.nonce === body.nonce &&
      message.author.id === author.id &&
      message.channel_id === channel.id &&
      Date.parse(message.timestamp) >= since,
  );
  return same ?? null;
}
