import { setTimeout as sleep } from 'node:timers/promises';
import { type BaseInteraction, type Channel, type Guild, PermissionFlagsBits } from 'discord.js';
import type { Actor, ActorRef } from '../../core/model/request.js';
import { failureOf } from './api-error.js';

/** Discord is asked about somebody for so long, in ms; who pressed waits meanwhile. */
const LOOK_UP_MS = 8000;

type Servers = BaseInteraction['client']['guilds'];

/** All that a policy can ask about somebody, whether it came with an interaction or was asked for. */
interface Person {
  readonly user: { readonly id: string; readonly username: string };
  readonly guildId: string | null;
  /** Null: the bot doesn't know this server. */
  readonly guild: Pick<Guild, 'roles'> | null;
  readonly roleIds: readonly string[];
  readonly isAdministrator: boolean;
  /** Where they speak, or where their request was made. */
  readonly channel: Channel | null;
  readonly servers: Servers;
}

/**
 * The one description of a person. Roles and administrators count only in the server that the bot serves: anybody can
 * have both in a server of their own and invite a public bot there.
 * @param homeGuildId the configured server; null: the only one that the bot is in
 */
function describe(person: Person, homeGuildId: string | null): Actor {
  const { user, guildId, guild, channel, servers } = person;
  const atHome = isHome(guildId, servers, homeGuildId);
  const roleIds = atHome && guildId !== null ? [...new Set([...person.roleIds, guildId])] : [];
  return {
    kind: 'user',
    id: user.id,
    name: user.username,
    ...(guildId === null ? {} : { guildId }),
    roleIds,
    // The names of now; a role that was deleted has none.
    roleNames: roleIds.flatMap((id) => guild?.roles.cache.get(id)?.name ?? []),
    ...placeOf(channel),
    atHome,
    administrator: atHome && person.isAdministrator,
  };
}

function isHome(guildId: string | null, { cache }: Servers, homeGuildId: string | null): boolean {
  if (guildId === null) return false;
  return homeGuildId === null ? cache.size === 1 && cache.has(guildId) : guildId === homeGuildId;
}

/** Of a thread, the channel that it belongs to: anybody can name a thread like a channel. */
function placeOf(channel: Channel | null): Pick<Actor, 'channel'> {
  const place = channel?.isThread() ? channel.parent : channel;
  return place && 'name' in place && place.name !== null
    ? { channel: { id: place.id, name: place.name } }
    : {};
}

/** Who pressed or typed, with the roles and rights of this moment: Discord sends them with each interaction. */
export function actorOf(interaction: BaseInteraction, homeGuildId: string | null): Actor {
  const { user, guildId, guild, member, memberPermissions, channel, client } = interaction;
  const roles = member?.roles;
  const person = {
    user,
    guildId,
    guild,
    roleIds: roles === undefined ? [] : Array.isArray(roles) ? roles : [...roles.cache.keys()],
    isAdministrator: memberPermissions?.has(PermissionFlagsBits.Administrator) ?? false,
    channel,
    servers: client.guilds,
  };
  return describe(person, homeGuildId);
}

/** Somebody who is not here now, in whose name a run may begin. */
export interface Wanted {
  readonly who: ActorRef;
  /** The channel in which the request was made; null: where the interaction comes from. */
  readonly channelId: string | null;
}

/**
 * Asks Discord about somebody each time: what is remembered of their roles may be old. Null: they are not in this server.
 * Rejects when Discord can't be asked, or takes too long.
 */
export async function lookUpActor(
  interaction: BaseInteraction,
  wanted: Wanted,
  homeGuildId: string | null,
): Promise<Actor | null> {
  const giveUp = new AbortController();
  const late = sleep(LOOK_UP_MS, undefined, { signal: giveUp.signal, ref: false }).then(() => {
    throw new Error(`Discord said nothing about the member within ${LOOK_UP_MS} ms.`);
  });
  try {
    return await Promise.race([askFor(interaction, wanted, homeGuildId), late]);
  } finally {
    giveUp.abort();
    late.catch(() => {});
  }
}

async function askFor(
  interaction: BaseInteraction,
  { who, channelId }: Wanted,
  homeGuildId: string | null,
): Promise<Actor | null> {
  const { guild, client } = interaction;
  if (guild === null) throw new Error('The bot does not know the server of this interaction.');
  try {
    const { user, roles, permissions } = await guild.members.fetch({ user: who.id, force: true });
    const person = {
      user,
      guildId: guild.id,
      guild,
      roleIds: [...roles.cache.keys()],
      isAdministrator: permissions.has(PermissionFlagsBits.Administrator),
      channel: await channelOf(interaction, channelId),
      servers: client.guilds,
    };
    return describe(person, homeGuildId);
  } catch (error) {
    if (failureOf(error) === 'member_gone') return null;
    throw error;
  }
}

/** Null when the channel is gone: nothing is known then of where it was asked for. */
async function channelOf(interaction: BaseInteraction, channelId: string | null): Promise<Channel | null> {
  const { channel, client } = interaction;
  if (channelId === null || channelId === interaction.channelId) return channel;
  try {
    return client.channels.cache.get(channelId) ?? (await client.channels.fetch(channelId));
  } catch (error) {
    if (failureOf(error) === 'channel_gone') return null;
    throw error;
  }
}
