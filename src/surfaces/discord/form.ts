import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import type { Field, Form } from './render/form.js';

/** A form as Discord opens it. */
export function modalOf({ id, title, fields }: Form): APIModalInteractionResponseCallbackData {
  return { custom_id: id, title, components: fields.map(labelOf) };
}

function labelOf(field: Field): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: field.label,
    ...(field.about === '' ? {} : { description: field.about }),
    component: field.kind === 'choice' ? selectOf(field) : inputOf(field),
  };
}

function inputOf(field: Exclude<Field, { kind: 'choice' }>): APILabelComponent['component'] {
  return {
    type: ComponentType.TextInput,
    custom_id: field.id,
    style: field.kind === 'line' ? TextInputStyle.Short : TextInputStyle.Paragraph,
    placeholder: field.placeholder,
    max_length: field.maxLength,
    ...(field.value === '' ? {} : { value: field.value }),
  };
}

function selectOf(field: Extract<Field, { kind: 'choice' }>): APILabelComponent['component'] {
  return {
    type: ComponentType.StringSelect,
    custom_id: field.id,
    placeholder: field.placeholder,
    options: field.options.map((option) => ({ ...option, default: option.value === field.value })),
  };
}

/** What somebody filled in, by the fields' ids. */
export function valuesOf(interaction: ModalSubmitInteraction): Readonly<Record<string, string>> {
  const values = interaction.fields.fields.map((data): [string, string] => {
    const [chosen] = 'values' in data ? data.values : [];
    const typed = 'value' in data && typeof data.value === 'string' ? data.value : undefined;
    return [data.customId, typed ?? chosen ?? ''];
  });
  return Object.fromEntries(values);
}
