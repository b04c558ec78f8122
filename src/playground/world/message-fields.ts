import { arrayOf, type JsonObject, stringOf } from '../wire/json.js';
import type { Component, Embed, Message } from '../wire/types.js';
import type { Interaction } from './interaction.js';
import type { Pings, StoredMessage, World } from './world.js';

/** A message as the API shows it, without what only the server knows. */
export function toWire(message: StoredMessage): Message {
  const { pings: _pings, visibleTo: _visibleTo, interactionId: _interactionId, ...wire } = message;
  return wire;
}

/** Text of the new components, which pings as `content` does. */
export function textsOf(components: readonly Component[]): readonly string[] {
  return components.flatMap((component) => [
    ...(component.content ? [component.content] : []),
    ...textsOf(component.components ?? []),
  ]);
}

/** The flags that a request wants. */
export function flagsIn(body: JsonObject): number {
  return typeof body.flags === 'number' ? body.flags : 0;
}

/** A stored message's readable parts as an edit starts from them. */
export function contentFields({ content, embeds, components }: StoredMessage): JsonObject {
  return { content, embeds, components };
}

/** The parts that people read, as stored. They are checked before they are used. */
export function contentOf(body: JsonObject): Pick<Message, 'content' | 'embeds' | 'components'> {
  return {
    content: stringOf(body.content),
    embeds: arrayOf(body.embeds) as readonly Embed[],
    components: arrayOf(body.components) as readonly Component[],
  };
}

/** How a message's pings show in it. */
export function mentionFields(world: World, pings: Pings) {
  return {
    mention_everyone: pings.everyone,
    mentions: pings.users.flatMap((id) => world.members.get(id)?.user ?? []),
    mention_roles: pings.roles,
  };
}

/** What a message says of the interaction that it answers. */
export function metadataOf(world: World, { id, type, userId }: Interaction) {
  const user = world.members.get(userId)?.user;
  return {
    application_id: world.applicationId,
    ...(user
      ? {
          interaction_metadata: {
            id,
            type,
            user,
            authorizing_integration_owners: { '0': world.guild.id },
          },
        }
      : {}),
  };
}
