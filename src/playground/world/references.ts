import { refusal } from '../wire/api-error.js';
import { type FieldPath, formErrors } from '../wire/form-errors.js';
import { idOf, isObject, type JsonObject } from '../wire/json.js';
import type { Channel, Message, MessageReference } from '../wire/types.js';
import { may } from './access.js';
import { toWire } from './message-fields.js';
import type { World } from './world.js';

interface Reference {
  readonly message_reference: MessageReference;
  readonly referenced_message: Message;
}

/**
 * The message that a draft replies to; null when it replies to none, or to a lost one and that is allowed
 * (`fail_if_not_exists: false`).
 * @throws {ApiError} 50035 for an unknown message, 160002 without the right to read the history
 */
export function findReference(
  world: World,
  channel: Channel,
  body: JsonObject,
  path: FieldPath,
): Reference | null {
  const raw = body.message_reference;
  if (!isObject(raw)) return null;
  const found = world.messages.get(idOf(raw.message_id));
  const target = found && found.channel_id === channel.id && !found.visibleTo ? found : null;
  if (!target) {
    if (raw.fail_if_not_exists === false) return null;
    const errors = formErrors();
    errors.add([...path, 'message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
    errors.throwIfAny();
    return null;
  }
  if (!may(world, world.bot.id, 'READ_MESSAGE_HISTORY', channel)) throw refusal('cannotReplyWithoutHistory');
  return {
    message_reference: {
      type: 0,
      message_id: target.id,
      channel_id: target.channel_id,
      guild_id: world.guild.id,
    },
    referenced_message: toWire(target),
  };
}
