import { ChannelType, type Client, PermissionFlagsBits, type PermissionsString } from 'discord.js';
import { permissionNames } from '../interaction.js';

/** What the ops channel's cards and threads need. */
const NEEDED = {
  ViewChannel: PermissionFlagsBits.ViewChannel,
  SendMessages: PermissionFlagsBits.SendMessages,
  EmbedLinks: PermissionFlagsBits.EmbedLinks,
  AttachFiles: PermissionFlagsBits.AttachFiles,
  ReadMessageHistory: PermissionFlagsBits.ReadMessageHistory,
  CreatePublicThreads: PermissionFlagsBits.CreatePublicThreads,
  SendMessagesInThreads: PermissionFlagsBits.SendMessagesInThreads,
} as const satisfies Partial<Record<PermissionsString, bigint>>;

/**
 * Why the ops channel can't take alerts now, with the way out; null when it can. Nothing is asked for: the
 * gateway keeps the channels, roles and exceptions up to date.
 */
export function lacking(client: Client, channelId: string): string | null {
  const channel = client.channels.cache.get(channelId);
  if (channel === undefined) {
    return `The bot sees no channel ${channelId}. Set DISCORD_OPS_CHANNEL_ID to a text channel of its server, and let the bot’s role see it.`;
  }
  if (channel.type !== ChannelType.GuildText && channel.type !== ChannelType.GuildAnnouncement) {
    return `The channel ${channelId} is no text channel. Set DISCORD_OPS_CHANNEL_ID to one.`;
  }
  const missing = client.user && channel.permissionsFor(client.user)?.missing(Object.values(NEEDED));
  if (!missing) return `The bot’s rights in the channel ${channelId} are not known yet.`;
  if (missing.length === 0) return null;
  return `The bot lacks ${permissionNames(missing).join(', ')} in #${channel.name}. Give them to its role there: channel settings › Permissions.`;
}
