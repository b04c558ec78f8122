import { refusal } from '../wire/api-error.js';
import { type Overwrite, PERMISSIONS, type PermissionName, permissionsIn } from '../wire/permissions.js';
import type { Channel, Member } from '../wire/types.js';
import type { StoredMessage, World } from './world.js';

/** @throws {ApiError} 10003 */
export function channelOf(world: World, id: string): Channel {
  const channel = world.channels.get(id);
  if (!channel) throw refusal('unknownChannel');
  return channel;
}

/** @throws {ApiError} 10007 */
export function memberOf(world: World, userId: string): Member {
  const member = world.members.get(userId);
  if (!member) throw refusal('unknownMember');
  return member;
}

/**
 * A message as the bot can reach it through its channel: ephemeral ones can't be reached.
 * @throws {ApiError} 10008
 */
export function messageIn(world: World, channelId: string, id: string): StoredMessage {
  const message = world.messages.get(id);
  if (!message || message.channel_id !== channelId || message.visibleTo) throw refusal('unknownMessage');
  return message;
}

function overwritesOf(world: World, channel: Channel): readonly Overwrite[] {
  if (!channel.parent_id) return channel.permission_overwrites;
  return world.channels.get(channel.parent_id)?.permission_overwrites ?? [];
}

/** A member's permission bits, in a channel or in the guild. Threads inherit from their channel. */
export function permissionsOf(world: World, userId: string, channel?: Channel): bigint {
  const member = memberOf(world, userId);
  const roles = [world.guild.id, ...member.roles].flatMap((id) => world.roles.get(id) ?? []);
  const owner =
    userId === world.guild.ownerId ? [{ id: 'owner', permissions: String(PERMISSIONS.ADMINISTRATOR) }] : [];
  const holder = { userId, everyoneId: world.guild.id, roles: [...roles, ...owner] };
  return permissionsIn(holder, channel ? overwritesOf(world, channel) : []);
}

export function may(world: World, userId: string, name: PermissionName, channel?: Channel): boolean {
  return (permissionsOf(world, userId, channel) & PERMISSIONS[name]) !== 0n;
}

/**
 * What the bot needs in a channel.
 * @throws {ApiError} 50001 when it can't even see the channel, else 50013
 */
export function requireBot(world: World, channel: Channel, ...names: readonly PermissionName[]): void {
  if (!may(world, world.bot.id, 'VIEW_CHANNEL', channel)) throw refusal('missingAccess');
  if (!names.every((name) => may(world, world.bot.id, name, channel))) throw refusal('missingPermissions');
}

/** Is the message there for this person: not somebody else's ephemeral one, in a channel they can see? */
export function canSee(world: World, userId: string, message: StoredMessage): boolean {
  if (message.visibleTo && message.visibleTo !== userId) return false;
  const channel = world.channels.get(message.channel_id);
  return channel !== undefined && may(world, userId, 'VIEW_CHANNEL', channel);
}
