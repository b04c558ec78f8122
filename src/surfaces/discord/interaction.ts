import {
  type AutocompleteInteraction,
  type BaseInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  MessageFlags,
  PermissionFlagsBits,
  type PermissionsString,
} from 'discord.js';
import type { Actor } from '../../core/request.js';
import type { Conversation } from './conversation.js';
import { privately, replyOptions } from './message.js';

/**
 * Who pressed, with the rights of this moment. An administrator counts only in the server that the bot
 * serves: anybody can be administrator of a server of their own and invite a public bot there.
 * @param homeGuildId the configured server; null: the only one that the bot is in
 */
export function actorOf(interaction: BaseInteraction, homeGuildId: string | null): Actor {
  const { user, member, guildId, memberPermissions } = interaction;
  const roles = member?.roles;
  return {
    kind: 'user',
    id: user.id,
    name: user.username,
    ...(guildId === null ? {} : { guildId }),
    roleIds: roles === undefined ? [] : Array.isArray(roles) ? roles : [...roles.cache.keys()],
    administrator:
      isHome(interaction, homeGuildId) &&
      (memberPermissions?.has(PermissionFlagsBits.Administrator) ?? false),
  };
}

function isHome({ guildId, client }: BaseInteraction, homeGuildId: string | null): boolean {
  return homeGuildId === null ? client.guilds.cache.size === 1 : guildId === homeGuildId;
}

/** The options of a slash command by name. */
export function optionsOf(interaction: ChatInputCommandInteraction): Record<string, unknown> {
  return Object.fromEntries(interaction.options.data.map(({ name, value }) => [name, value]));
}

export function conversationOf(
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  homeGuildId: string | null,
): Conversation {
  let promised = false;
  return {
    actor: actorOf(interaction, homeGuildId),
    channelId: interaction.channelId,
    missing: missingPermissions(interaction),
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
      if (interaction.isButton()) await interaction.deferUpdate();
    },
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

/** What a run's messages need: view, send, embed, attach, and reply to a message. */
function missingPermissions(interaction: BaseInteraction): string[] {
  const inThread = interaction.channel?.isThread() ?? false;
  const missing = interaction.appPermissions.missing([
    PermissionFlagsBits.ViewChannel,
    inThread ? PermissionFlagsBits.SendMessagesInThreads : PermissionFlagsBits.SendMessages,
    PermissionFlagsBits.EmbedLinks,
    PermissionFlagsBits.AttachFiles,
    PermissionFlagsBits.ReadMessageHistory,
  ]);
  return permissionNames(missing);
}

/** Permissions as Discord's settings name them: `Send Messages`. */
export function permissionNames(permissions: readonly PermissionsString[]): string[] {
  return permissions.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '));
}

/** What is typed so far, and in which option. */
export function focusedOf(interaction: AutocompleteInteraction): { option: string; typed: string } {
  const { name, value } = interaction.options.getFocused(true);
  return { option: name, typed: value };
}
