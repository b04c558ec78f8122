import { checkChoice, checkText } from '../limits/check.js';
import { refusal } from '../wire/api-error.js';
import { formErrors } from '../wire/form-errors.js';
import { type JsonObject, stringOf } from '../wire/json.js';
import { type Channel, FLAG } from '../wire/types.js';
import { deleteMessage, replaceMessage } from './messages.js';
import type { StoredMessage, World } from './world.js';

const ARCHIVE_MINUTES = [60, 1440, 4320, 10_080];

/**
 * Opens a thread in a channel, or on one of its messages (then the thread has the message's id).
 * @throws {ApiError} 50035, 160004 when the message has a thread
 */
export function createThread(
  world: World,
  parent: Channel,
  body: JsonObject,
  starter: StoredMessage | null,
): Channel {
  // "A message can only have a single thread created from it", also when that one was deleted.
  if (starter && starter.flags & FLAG.HAS_THREAD) throw refusal('threadExists');
  const errors = formErrors();
  checkText(errors, ['name'], body.name, { min: 1, max: 100, required: true });
  const archive = body.auto_archive_duration ?? 4320;
  checkChoice(errors, ['auto_archive_duration'], archive, ARCHIVE_MINUTES);
  // Without a message and a type Discord makes a private thread.
  const type = starter || body.type === 11 ? 11 : 12;
  errors.throwIfAny();

  const thread: Channel = {
    id: starter?.id ?? world.newId(),
    type,
    name: stringOf(body.name),
    parent_id: parent.id,
    permission_overwrites: [],
    last_message_id: null,
    owner_id: world.bot.id,
    thread_metadata: {
      archived: false,
      locked: false,
      auto_archive_duration: Number(archive),
      archive_timestamp: new Date(world.clock.now()).toISOString(),
    },
  };
  world.channels.set(thread.id, thread);
  world.emit({ type: 'thread_create', channel: thread });
  if (starter) replaceMessage(world, { ...starter, flags: starter.flags | FLAG.HAS_THREAD, thread });
  return thread;
}

/**
 * Renames, archives or locks a thread.
 * @throws {ApiError} 50035
 */
export function changeThread(world: World, thread: Channel, body: JsonObject): Channel {
  const errors = formErrors();
  checkText(errors, ['name'], body.name, { min: 1, max: 100 });
  errors.throwIfAny();
  const metadata = thread.thread_metadata;
  const changed: Channel = {
    ...thread,
    name: stringOf(body.name) || thread.name,
    ...(metadata
      ? {
          thread_metadata: {
            ...metadata,
            archived: typeof body.archived === 'boolean' ? body.archived : metadata.archived,
            locked: typeof body.locked === 'boolean' ? body.locked : metadata.locked,
            archive_timestamp: new Date(world.clock.now()).toISOString(),
          },
        }
      : {}),
  };
  world.channels.set(thread.id, changed);
  world.emit({ type: 'thread_update', channel: changed });
  return changed;
}

/** Deletes a thread with what was written in it. Its starter message stays. */
export function deleteThread(world: World, thread: Channel): void {
  for (const message of [...world.messages.values()]) {
    if (message.channel_id === thread.id) deleteMessage(world, message);
  }
  world.channels.delete(thread.id);
  world.emit({ type: 'thread_delete', channel: thread });
}

/**
 * A message to an archived thread opens it again, unless it is locked.
 * @throws {ApiError} 50083
 */
export function wakeThread(world: World, channel: Channel): Channel {
  const metadata = channel.thread_metadata;
  if (!metadata?.archived) return channel;
  if (metadata.locked) throw refusal('threadArchived');
  return changeThread(world, channel, { archived: false });
}
