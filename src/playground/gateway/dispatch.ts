import type { Channel } from '../wire/types.js';
import { memberOf, permissionsOf } from '../world/access.js';
import type { Interaction } from '../world/interaction.js';
import { toWire } from '../world/message-fields.js';
import { channelShape, guildShape, memberShape } from '../world/shapes.js';
import type { StoredMessage, World, WorldEvent } from '../world/world.js';

/** https://discord.com/developers/docs/events/gateway#list-of-intents */
export const INTENT = {
  GUILDS: 1 << 0,
  GUILD_MEMBERS: 1 << 1,
  GUILD_PRESENCES: 1 << 8,
  GUILD_MESSAGES: 1 << 9,
  GUILD_MESSAGE_TYPING: 1 << 11,
  MESSAGE_CONTENT: 1 << 15,
} as const;

/** An event for the bot, and the intent without which it isn't sent (0: always sent). */
export interface Dispatch {
  readonly name: string;
  readonly intent: number;
  readonly data: (intents: number) => unknown;
}

/** The event that tells the bot of what happened; null for what bots aren't told. */
export function dispatchFor(world: World, event: WorldEvent): Dispatch | null {
  switch (event.type) {
    case 'message_create':
    case 'message_update':
      // Bots learn of their ephemeral messages from the answer to their request, not from the gateway.
      if (event.message.visibleTo) return null;
      return {
        name: event.type.toUpperCase(),
        intent: INTENT.GUILD_MESSAGES,
        data: (intents) => messageData(world, event.message, intents),
      };
    case 'message_delete': {
      if (event.message.visibleTo) return null;
      const { id, channel_id } = event.message;
      return plain('MESSAGE_DELETE', INTENT.GUILD_MESSAGES, { id, channel_id, guild_id: world.guild.id });
    }
    case 'channel_update':
    case 'thread_create':
    case 'thread_update':
      return plain(event.type.toUpperCase(), INTENT.GUILDS, channelShape(world, event.channel));
    case 'thread_delete': {
      const { id, parent_id, type } = event.channel;
      return plain('THREAD_DELETE', INTENT.GUILDS, { id, guild_id: world.guild.id, parent_id, type });
    }
    case 'bot_in_guild':
      return event.value
        ? { name: 'GUILD_CREATE', intent: INTENT.GUILDS, data: (intents) => guildCreate(world, intents) }
        : plain('GUILD_DELETE', INTENT.GUILDS, { id: world.guild.id });
    case 'role_update':
      return plain('GUILD_ROLE_UPDATE', INTENT.GUILDS, {
        guild_id: world.guild.id,
        role: guildShape(world).roles.find(({ id }) => id === event.role.id),
      });
    case 'member_update':
      return plain('GUILD_MEMBER_UPDATE', INTENT.GUILD_MEMBERS, {
        ...memberShape(event.member),
        guild_id: world.guild.id,
      });
    case 'typing':
      return plain('TYPING_START', INTENT.GUILD_MESSAGE_TYPING, {
        channel_id: event.channelId,
        guild_id: world.guild.id,
        user_id: event.userId,
        timestamp: Math.floor(world.clock.now() / 1000),
      });
    case 'interaction_create':
      return plain('INTERACTION_CREATE', 0, interactionData(world, event.interaction));
    default:
      return null;
  }
}

function plain(name: string, intent: number, data: unknown): Dispatch {
  return { name, intent, data: () => data };
}

/** Without the privileged intent, what others wrote comes empty, unless it mentions the bot. */
function messageData(world: World, message: StoredMessage, intents: number) {
  const member = world.members.get(message.author.id);
  const readable =
    (intents & INTENT.MESSAGE_CONTENT) !== 0 ||
    message.author.id === world.bot.id ||
    message.mentions.some(({ id }) => id === world.bot.id);
  return {
    ...toWire(message),
    guild_id: world.guild.id,
    ...(member && !message.webhook_id ? { member: { ...memberShape(member), user: undefined } } : {}),
    ...(readable ? {} : { content: '', embeds: [], attachments: [], components: [] }),
  };
}

function interactionData(world: World, interaction: Interaction) {
  const { id, token, type, channelId, userId, data } = interaction;
  const channel = world.channels.get(channelId);
  const source = world.messages.get(interaction.sourceMessageId ?? '');
  return {
    id,
    token,
    type,
    data,
    version: 1,
    application_id: world.applicationId,
    guild_id: world.guild.id,
    guild: { id: world.guild.id, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    locale: 'en-US',
    channel_id: channelId,
    channel: channel ? channelWithPermissions(world, channel, userId) : undefined,
    member: {
      ...memberShape(memberOf(world, userId)),
      permissions: String(permissionsOf(world, userId, channel)),
    },
    app_permissions: String(permissionsOf(world, world.bot.id, channel)),
    ...(source ? { message: toWire(source) } : {}),
    entitlements: [],
    authorizing_integration_owners: { '0': world.guild.id },
    context: 0,
    attachment_size_limit: 10 * 1024 * 1024,
  };
}

function channelWithPermissions(world: World, channel: Channel, userId: string) {
  return { ...channelShape(world, channel), permissions: String(permissionsOf(world, userId, channel)) };
}

/** What the bot gets of the guild when it connects. */
export function guildCreate(world: World, intents: number) {
  const channels = [...world.channels.values()];
  const members = [...world.members.values()];
  const shown = intents & INTENT.GUILD_MEMBERS ? members : [memberOf(world, world.bot.id)];
  return {
    ...guildShape(world),
    joined_at: '2024-01-01T00:00:00.000000+00:00',
    large: false,
    unavailable: false,
    member_count: members.length,
    members: shown.map(memberShape),
    channels: channels.filter(({ parent_id }) => !parent_id).map((channel) => channelShape(world, channel)),
    threads: channels.filter(({ parent_id }) => parent_id).map((channel) => channelShape(world, channel)),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
