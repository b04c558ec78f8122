import { refusal } from '../wire/api-error.js';
import type { JsonObject } from '../wire/json.js';
import { FLAG } from '../wire/types.js';
import type { Upload } from './attachments.js';
import type { Interaction } from './interaction.js';
import { sendForInteraction } from './interactions.js';
import { editMessage } from './messages.js';
import type { StoredMessage, World } from './world.js';

/**
 * The answered interaction that a webhook's token belongs to.
 * @throws {ApiError} 10015 for an unknown token or one not answered yet, 50027 for one that died
 */
export function interactionByToken(world: World, token: string): Interaction {
  const interaction = world.interactions.get(token);
  if (!interaction) throw refusal('unknownWebhook');
  const age = world.clock.now() - interaction.createdAt;
  if (interaction.expired || age > world.config.interactionTokenMs) throw refusal('invalidWebhookToken');
  if (interaction.state !== 'answered' || interaction.type === 4) throw refusal('unknownWebhook');
  return interaction;
}

/**
 * A message by `@original` or id, if this interaction may change it.
 * @throws {ApiError} 10008
 */
export function messageOf(world: World, interaction: Interaction, id: string): StoredMessage {
  const wanted = id === '@original' ? interaction.originalId : id;
  const own = wanted === interaction.originalId || interaction.followUpIds.includes(wanted ?? '');
  const message = own ? world.messages.get(wanted ?? '') : undefined;
  if (!message) throw refusal('unknownMessage');
  return message;
}

/** One more message for an interaction. The first one after a deferred answer takes that answer's place. */
export function followUp(
  world: World,
  interaction: Interaction,
  body: JsonObject,
  uploads: readonly Upload[],
): StoredMessage {
  const original = world.messages.get(interaction.originalId ?? '');
  if (original && original.flags & FLAG.LOADING) {
    return editMessage(world, original, { body, uploads, path: [] });
  }
  const message = sendForInteraction(world, interaction, { body, uploads, path: [] });
  interaction.followUpIds.push(message.id);
  world.emit({ type: 'interaction_update', interaction });
  return message;
}
