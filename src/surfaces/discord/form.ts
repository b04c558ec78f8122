import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import type { Form } from './render/name-form.js';

const INPUT = 'text';

/** A form as Discord opens it. */
export function modalOf({ id, title, label, placeholder }: Form): APIModalInteractionResponseCallbackData {
  const input = { type: ComponentType.TextInput, custom_id: INPUT, style: TextInputStyle.Short } as const;
  return {
    custom_id: id,
    title,
    components: [
      { type: ComponentType.ActionRow, components: [{ ...input, label, placeholder, max_length: 200 }] },
    ],
  };
}

/** What somebody typed into it. */
export function textOf(interaction: ModalSubmitInteraction): string {
  return interaction.fields.getTextInputValue(INPUT);
}
