import type {
  PageChannel,
  PageMember,
  PageMessage,
  Scene,
  Welcome,
} from '../page-protocol/server-message.js';
import { stringOf } from '../wire/json.js';
import type { Channel, Command } from '../wire/types.js';
import { canSee, may } from '../world/access.js';
import { commandsFor } from '../world/commands.js';
import { toWire } from '../world/message-fields.js';
import type { StoredMessage, World } from '../world/world.js';

/** What the page shows of the local Discord. Reads only. */
export function welcome(world: World, state: Pick<Welcome, 'start' | 'botConnected' | 'latencyMs'>): Welcome {
  return {
    type: 'welcome',
    ...state,
    guild: { id: world.guild.id, name: world.guild.name },
    bot: { id: world.bot.id, name: world.bot.username },
    members: people(world),
    roles: [...world.roles.values()].map(({ id, name }) => ({ id, name })),
  };
}

/** Everybody whom the page can act as: neither the bot nor the server's owner, who may do everything. */
export function people(world: World): readonly PageMember[] {
  return [...world.members.values()]
    .filter(({ user }) => !user.bot && user.id !== world.guild.ownerId)
    .map(({ user, roles }) => ({
      id: user.id,
      name: user.username,
      roles: roles.flatMap((id) => world.roles.get(id)?.name ?? []),
    }));
}

export function sceneFor(world: World, userId: string, dismissed: ReadonlySet<string>): Scene {
  const channels = [...world.channels.values()].filter((channel) =>
    may(world, userId, 'VIEW_CHANNEL', channel),
  );
  const commands = channels
    .filter(({ parent_id }) => parent_id === null)
    .map((channel): [string, readonly Command[]] => [channel.id, commandsFor(world, userId, channel)]);
  return {
    type: 'scene',
    actingAs: userId,
    channels: channels.map(pageChannel),
    messages: [...world.messages.values()]
      .filter((message) => canSee(world, userId, message) && !dismissed.has(message.id))
      .map((message) => pageMessage(world, message)),
    commands: Object.fromEntries(commands),
  };
}

export function pageChannel({ id, type, name, parent_id, thread_metadata }: Channel): PageChannel {
  return { id, type, name, parent_id, ...(thread_metadata ? { thread_metadata } : {}) };
}

export function pageMessage(world: World, message: StoredMessage): PageMessage {
  const interaction = [...world.interactions.values()].find(({ id }) => id === message.interactionId);
  return {
    ...toWire(message),
    isPrivate: message.visibleTo !== null,
    command: interaction?.type === 2 ? stringOf(interaction.data.name) : null,
  };
}
