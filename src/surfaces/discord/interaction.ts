import {
  type AutocompleteInteraction,
  type BaseInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
  PermissionFlagsBits,
  type PermissionsString,
} from 'discord.js';
import type { Actor, ActorRef } from '../../core/request.js';
import { failureOf } from './api-error.js';
import type { Focused } from './autocomplete.js';
import type { Conversation } from './conversation.js';
import { modalOf } from './form.js';
import { privately, replyOptions } from './message.js';

/**
 * Who pressed, with the roles and rights of this moment: Discord sends them with each interaction. Roles and
 * administrators count only in the server that the bot serves: anybody can have both in a server of their own
 * and invite a public bot there.
 * @param homeGuildId the configured server; null: the only one that the bot is in
 */
export function actorOf(interaction: BaseInteraction, homeGuildId: string | null): Actor {
  const { user, guildId, memberPermissions } = interaction;
  const atHome = isHome(interaction, homeGuildId);
  return {
    kind: 'user',
    id: user.id,
    name: user.username,
    ...(guildId === null ? {} : { guildId }),
    ...(atHome ? rolesOf(interaction) : { roleIds: [], roleNames: [] }),
    ...channelOf(interaction),
    atHome,
    administrator: atHome && (memberPermissions?.has(PermissionFlagsBits.Administrator) ?? false),
  };
}

/** Looked up at Discord each time: what is remembered of somebody's roles may be old. */
async function findActor(
  interaction: BaseInteraction,
  who: ActorRef,
  homeGuildId: string | null,
): Promise<Actor | null> {
  const { guild } = interaction;
  if (who.kind !== 'user' || guild === null) return null;
  try {
    const { user, roles, permissions } = await guild.members.fetch({ user: who.id, force: true });
    return {
      kind: 'user',
      id: user.id,
      name: user.username,
      guildId: guild.id,
      roleIds: [...roles.cache.keys()],
      roleNames: namesOf(roles.cache),
      administrator: isHome(interaction, homeGuildId) && permissions.has(PermissionFlagsBits.Administrator),
    };
  } catch (error) {
    if (failureOf(error) === 'member_gone') return null;
    throw error;
  }
}

function namesOf(roles: ReadonlyMap<string, { readonly name: string }>): readonly string[] {
  return [...roles.values()].map(({ name }) => name);
}

function isHome({ guildId, client }: BaseInteraction, homeGuildId: string | null): boolean {
  if (guildId === null) return false;
  const { cache } = client.guilds;
  return homeGuildId === null ? cache.size === 1 && cache.has(guildId) : guildId === homeGuildId;
}

/** Names are those that the roles have now; a role that was deleted has none. */
function rolesOf({ member, guild }: BaseInteraction): Required<Pick<Actor, 'roleIds' | 'roleNames'>> {
  const roles = member?.roles;
  const roleIds = roles === undefined ? [] : Array.isArray(roles) ? roles : [...roles.cache.keys()];
  const roleNames = roleIds.flatMap((id) => guild?.roles.cache.get(id)?.name ?? []);
  return { roleIds, roleNames };
}

/** Of a thread, the channel that it belongs to: anybody can name a thread like a channel. */
function channelOf({ channel }: BaseInteraction): Pick<Actor, 'channel'> {
  const place = channel?.isThread() ? channel.parent : channel;
  return place && 'name' in place && place.name !== null
    ? { channel: { id: place.id, name: place.name } }
    : {};
}

/** The options of a slash command by name. */
export function optionsOf(interaction: ChatInputCommandInteraction): Record<string, unknown> {
  return Object.fromEntries(interaction.options.data.map(({ name, value }) => [name, value]));
}

export function conversationOf(
  interaction: ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction,
  homeGuildId: string | null,
): Conversation {
  let promised = false;
  return {
    actor: actorOf(interaction, homeGuildId),
    // Only a form that no message opened would have none, and there is no such form.
    channelId: interaction.channelId ?? '',
    get missing() {
      return missingPermissions(interaction);
    },
    think: async () => {
      const { resource } = await interaction.deferReply({ withResponse: true });
      promised = true;
      return resource?.message?.id ?? (await interaction.fetchReply()).id;
    },
    thinkPrivately: async () => {
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      promised = true;
    },
    accept: async () => {
      if (interaction.isButton() || interaction.isModalSubmit()) await interaction.deferUpdate();
    },
    ask: async (form) => {
      if (!interaction.isModalSubmit()) await interaction.showModal(modalOf(form));
    },
    find: (who) => findActor(interaction, who, homeGuildId),
    answer: async (message) => {
      await interaction.editReply(replyOptions(message));
      promised = false;
    },
    tell: async (message) => {
      if (promised) await interaction.editReply(replyOptions(message));
      else if (interaction.deferred || interaction.replied) await interaction.followUp(privately(message));
      else await interaction.reply(privately(message));
    },
  };
}

/** What a run's messages need besides being sent: view, embed, attach, and reply to a message. */
const NEEDED =
  PermissionFlagsBits.ViewChannel |
  PermissionFlagsBits.EmbedLinks |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.ReadMessageHistory;

function missingPermissions({ channel, appPermissions }: BaseInteraction): readonly string[] {
  const { SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  const needed = NEEDED | (channel?.isThread() ? SendMessagesInThreads : SendMessages);
  // Before every first answer: names are looked up only where something is missing.
  return appPermissions.has(needed) ? [] : permissionNames(appPermissions.missing(needed));
}

/** Permissions as Discord's settings name them: `Send Messages`. */
export function permissionNames(permissions: readonly PermissionsString[]): string[] {
  return permissions.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '));
}

/** What is typed so far, in which option, and the intent that was chosen before. */
export function focusedOf({ options }: AutocompleteInteraction): Focused {
  const { name, value } = options.getFocused(true);
  return { option: name, typed: value, intent: name === 'intent' ? null : options.getString('intent') };
}
