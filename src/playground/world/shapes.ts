import type { Channel, Member, Role } from '../wire/types.js';
import type { World } from './world.js';

/** A channel or thread as Discord sends it. */
export function channelShape(world: World, channel: Channel) {
  return {
    ...channel,
    guild_id: world.guild.id,
    position: 0,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    ...(channel.thread_metadata ? { message_count: 0, member_count: 1 } : {}),
  };
}

/** A member as Discord sends it. */
export function memberShape(member: Member) {
  return {
    ...member,
    nick: null,
    avatar: null,
    joined_at: '2024-01-01T00:00:00.000000+00:00',
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

function roleShape(role: Role) {
  return { ...role, color: 0, hoist: false, managed: false, flags: 0 };
}

/** The guild as Discord sends it, without what only the gateway adds. */
export function guildShape(world: World) {
  return {
    id: world.guild.id,
    name: world.guild.name,
    icon: null,
    owner_id: world.guild.ownerId,
    preferred_locale: 'en-US',
    features: [],
    roles: [...world.roles.values()].map(roleShape),
    emojis: [],
    stickers: [],
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    system_channel_id: null,
    system_channel_flags: 0,
  };
}
