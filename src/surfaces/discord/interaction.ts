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
import type { Acknowledger } from './acknowledge.js';
import { actorOf, lookUpActor } from './actor.js';
import type { Focused } from './autocomplete.js';
import type { Conversation } from './conversation.js';
import { modalOf } from './form.js';
import { privately, replyOptions } from './message.js';
import { discordShown } from './shown.js';

/** The options of a slash command by name. */
export function optionsOf(interaction: ChatInputCommandInteraction): Record<string, unknown> {
  return Object.fromEntries(interaction.options.data.map(({ name, value }) => [name, value]));
}

export function conversationOf(
  interaction: ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction,
  homeGuildId: string | null,
  heard: Acknowledger['heard'],
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
      if (!interaction.isButton() && !interaction.isModalSubmit()) return;
      // What did not work the short way is asked for again, and told apart, by discord.js.
      if (await heard(interaction)) interaction.deferred = true;
      else await interaction.deferUpdate();
    },
    ask: async (form) => {
      if (!interaction.isModalSubmit()) await interaction.showModal(modalOf(form));
    },
    find: (who, run) =>
      lookUpActor(interaction, { who, channelId: discordShown(run)?.channelId ?? null }, homeGuildId),
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
