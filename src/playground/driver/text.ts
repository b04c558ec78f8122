import { COMPONENT, type Component, type Embed, type Message } from '../wire/types.js';

/** What can be read of a message. */
export type Readable = Pick<Message, 'content' | 'embeds' | 'components' | 'attachments'>;

/** Everything that a person can read in a message, line by line; buttons as `[Label]`, files as `📎 name`. */
export function textOf({ content, embeds, components, attachments }: Readable): string {
  const lines = [
    content,
    ...embeds.flatMap(embedLines),
    ...components.flatMap(componentLines),
    ...attachments.map(({ filename }) => `📎 ${filename}`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function embedLines({ author, title, description, fields = [], footer }: Embed): readonly string[] {
  return [
    author?.name ?? '',
    title ?? '',
    description ?? '',
    ...fields.flatMap(({ name, value }) => [name, value]),
    footer?.text ?? '',
  ];
}

function componentLines(component: Component): readonly string[] {
  const label = component.label ?? component.placeholder;
  const own = component.type === COMPONENT.TEXT ? component.content : label && `[${label}]`;
  const inner = [...(component.components ?? []), ...(component.accessory ? [component.accessory] : [])];
  return [own ?? '', ...inner.flatMap(componentLines)];
}

/** The buttons and select menus of a message, in reading order. */
export function controlsOf({ components }: Pick<Message, 'components'>): readonly Component[] {
  return components.flatMap((component) => [
    ...(component.custom_id || component.type === COMPONENT.BUTTON ? [component] : []),
    ...controlsOf({ components: component.components ?? [] }),
    ...controlsOf({ components: component.accessory ? [component.accessory] : [] }),
  ]);
}

/** The labels of the buttons that can be pressed. */
export function buttonsOf(message: Pick<Message, 'components'>): readonly string[] {
  return controlsOf(message)
    .filter(({ type, disabled }) => type === COMPONENT.BUTTON && !disabled)
    .map(({ label }) => label ?? '');
}
