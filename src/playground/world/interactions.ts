import { randomBytes } from 'node:crypto';
import { autocompleteChoices } from '../limits/choices.js';
import { checkModal } from '../limits/modal.js';
import { refusal } from '../wire/api-error.js';
import { formErrors } from '../wire/form-errors.js';
import { type JsonObject, objectOf } from '../wire/json.js';
import { FLAG } from '../wire/types.js';
import { channelOf } from './access.js';
import type { Upload } from './attachments.js';
import { CALLBACK, type Interaction, type InteractionType } from './interaction.js';
import { createMessage, editMessage } from './messages.js';
import type { StoredMessage, World } from './world.js';

/** What a person did. */
export interface Deed {
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  readonly sourceMessageId: string | null;
  readonly data: JsonObject;
}

/** Tells the bot of a person's deed, and starts the time that it has to answer. */
export function startInteraction(world: World, deed: Deed): Interaction {
  const interaction: Interaction = {
    id: world.newId(),
    token: randomBytes(48).toString('base64url'),
    ...deed,
    createdAt: world.clock.now(),
    state: 'waiting',
    answer: null,
    originalId: null,
    followUpIds: [],
    choices: null,
    modal: null,
    expired: false,
  };
  world.interactions.set(interaction.token, interaction);
  world.clock.after(world.config.firstAnswerMs, () => {
    if (interaction.state !== 'waiting') return;
    interaction.state = 'failed';
    world.emit({ type: 'interaction_update', interaction });
  });
  world.emit({ type: 'interaction_create', interaction });
  return interaction;
}

/** Which answers each kind of interaction may get; an update needs a message to update. */
function answersFor({ type, sourceMessageId }: Interaction): readonly number[] {
  const { MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, AUTOCOMPLETE, MODAL } = CALLBACK;
  const updates = sourceMessageId ? [DEFERRED_UPDATE, UPDATE] : [];
  if (type === 4) return [AUTOCOMPLETE];
  if (type === 5) return [MESSAGE, DEFERRED_MESSAGE, ...updates];
  return [MESSAGE, DEFERRED_MESSAGE, ...updates, MODAL];
}

/**
 * The bot's first answer.
 * @returns the message that it made or changed
 * @throws {ApiError} 10062 when it comes too late, 40060 when there was one, 50035 for one that doesn't fit
 */
export function answerInteraction(
  world: World,
  id: string,
  token: string,
  body: JsonObject,
  uploads: readonly Upload[],
): { readonly interaction: Interaction; readonly message: StoredMessage | null } {
  const interaction = world.interactions.get(token);
  if (!interaction || interaction.id !== id || interaction.state === 'failed') {
    throw refusal('unknownInteraction');
  }
  if (interaction.state === 'answered') throw refusal('alreadyAcknowledged');
  const type = Number(body.type);
  const possible = answersFor(interaction);
  if (!possible.includes(type)) {
    const errors = formErrors();
    errors.add(['type'], 'BASE_TYPE_CHOICES', `Value must be one of {${possible.join(', ')}}.`);
    errors.throwIfAny();
  }
  const message = apply(world, interaction, type, objectOf(body.data), uploads);
  interaction.originalId = message?.id ?? null;
  interaction.state = 'answered';
  interaction.answer = { type, ms: world.clock.now() - interaction.createdAt };
  world.emit({ type: 'interaction_update', interaction });
  return { interaction, message };
}

function apply(
  world: World,
  interaction: Interaction,
  type: number,
  data: JsonObject,
  uploads: readonly Upload[],
): StoredMessage | null {
  const path = ['data'];
  switch (type) {
    case CALLBACK.MESSAGE:
      return sendForInteraction(world, interaction, { body: data, uploads, path, type: 20 });
    case CALLBACK.DEFERRED_MESSAGE:
      return sendForInteraction(world, interaction, {
        body: { flags: Number(data.flags ?? 0) & FLAG.EPHEMERAL },
        uploads: [],
        path,
        type: 20,
        systemFlags: FLAG.LOADING,
      });
    case CALLBACK.DEFERRED_UPDATE:
      return sourceOf(world, interaction);
    case CALLBACK.UPDATE:
      return editMessage(world, sourceOf(world, interaction), { body: data, uploads, path });
    case CALLBACK.AUTOCOMPLETE:
      interaction.choices = autocompleteChoices(data);
      return null;
    default:
      checkModal(data);
      interaction.modal = data;
      return null;
  }
}

function sourceOf(world: World, { sourceMessageId }: Interaction): StoredMessage {
  const message = world.messages.get(sourceMessageId ?? '');
  if (!message) throw refusal('unknownMessage');
  return message;
}

interface Sending {
  readonly body: JsonObject;
  readonly uploads: readonly Upload[];
  readonly path: readonly string[];
  readonly type?: number;
  readonly systemFlags?: number;
}

/** A message that carries the interaction's token instead of needing rights in the channel. */
export function sendForInteraction(world: World, interaction: Interaction, sending: Sending): StoredMessage {
  return createMessage(world, {
    ...sending,
    channel: channelOf(world, interaction.channelId),
    author: world.bot,
    interaction,
    webhookId: world.applicationId,
  });
}
