import type { AutocompleteInteraction, Interaction } from 'discord.js';
import type { Acknowledger } from './acknowledge.js';
import { actorOf } from './actor.js';
import { complete } from './autocomplete.js';
import { callBudget } from './call-budget.js';
import { valuesOf } from './form.js';
import { onCommand, onForm, onPress } from './handler.js';
import { conversationOf, focusedOf, optionsOf } from './interaction.js';
import type { PressDeps } from './press.js';
import { note } from './render/notices.js';

/** Answers what people send. Who sends too much is turned down before anything is read or judged. */
export function interactionHandler(
  deps: PressDeps,
  heard: Acknowledger['heard'],
): (interaction: Interaction) => void {
  const handling = callBudget(deps.callsPerMinute ?? (() => Number.POSITIVE_INFINITY), () =>
    performance.now(),
  );
  return (interaction) => {
    const how = handling(interaction.user.id);
    if (how === 'answer') void answer(interaction, deps, heard);
    else if (how === 'turn-down') void turnDown(interaction, deps, heard);
  };
}

async function answer(
  interaction: Interaction,
  deps: PressDeps,
  heard: Acknowledger['heard'],
): Promise<void> {
  const { guildId } = deps.config;
  if (interaction.isAutocomplete()) {
    await offer(interaction, deps);
  } else if (interaction.isChatInputCommand()) {
    const talk = conversationOf(interaction, guildId, heard);
    await onCommand(talk, deps, interaction.commandName, optionsOf(interaction));
  } else if (interaction.isButton()) {
    await onPress(conversationOf(interaction, guildId, heard), deps, interaction.customId);
  } else if (interaction.isModalSubmit()) {
    const talk = conversationOf(interaction, guildId, heard);
    await onForm(talk, deps, interaction.customId, valuesOf(interaction));
  }
}

async function offer(interaction: AutocompleteInteraction, deps: PressDeps): Promise<void> {
  try {
    const actor = actorOf(interaction, deps.config.guildId);
    const choices = await complete(deps, actor, interaction.commandName, focusedOf(interaction));
    await interaction.respond([...choices]);
  } catch (error) {
    deps.log.warn({ err: error, command: interaction.commandName }, 'autocomplete failed');
  }
}

async function turnDown(
  interaction: Interaction,
  deps: PressDeps,
  heard: Acknowledger['heard'],
): Promise<void> {
  deps.log.warn(
    { userId: interaction.user.id },
    'somebody sends so much that the rest of it is not answered',
  );
  try {
    if (interaction.isAutocomplete()) return await interaction.respond([]);
    if (!interaction.isChatInputCommand() && !interaction.isButton() && !interaction.isModalSubmit()) return;
    await conversationOf(interaction, deps.config.guildId, heard).tell(
      note(
        'You sent more than the bot answers. Nothing was done.',
        '**Next:** wait a minute, then try again.',
      ),
    );
  } catch (error) {
    deps.log.debug({ err: error, userId: interaction.user.id }, 'the person could not be told');
  }
}
