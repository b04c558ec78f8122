import { type Choice, COMPONENT, type Component, FLAG, LINK_STYLE } from '../wire/types.js';
import { canSee, channelOf, memberOf } from '../world/access.js';
import { commandsFor } from '../world/commands.js';
import { type Deed, startInteraction } from '../world/interactions.js';
import { createMessage } from '../world/messages.js';
import type { StoredMessage, World } from '../world/world.js';
import { commandData, type OptionValues } from './command-data.js';
import { handleOf, type InteractionHandle } from './interaction-handle.js';
import { type FormValues, modalData } from './modal-data.js';
import { controlsOf } from './text.js';
import { fits, type WaitOptions, type Wanted, waitFor } from './wait.js';

/** Where somebody does something: a channel's name or id. Default: the first channel. */
interface Place {
  readonly channel?: string;
}

/** A person with Discord's client in their hands. What the client wouldn't let them do throws. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Names of the slash commands that the client offers. */
  commands(place?: Place): readonly string[];
  /** Sends a slash command; sub-commands behind a space: `audit verify`. */
  slash(command: string, options?: OptionValues, place?: Place): InteractionHandle;
  /** What the bot offers while somebody types into an option; `options`: what is filled in already. */
  autocomplete(
    command: string,
    option: string,
    typed: string,
    place?: Place & { readonly options?: OptionValues },
  ): Promise<readonly Choice[]>;
  /** Presses a button, by the beginning of its label or by its custom id. */
  press(message: Pick<StoredMessage, 'id'>, button: string): InteractionHandle;
  /** Chooses in a select menu, by its placeholder's beginning or its custom id. */
  select(message: Pick<StoredMessage, 'id'>, menu: string, values: readonly string[]): InteractionHandle;
  /** Fills in and sends the form that an interaction opened. */
  submitModal(from: InteractionHandle, values: FormValues): InteractionHandle;
  /** Writes a message. */
  say(content: string, place?: Place): StoredMessage;
  /** The messages of a channel that this person sees, oldest first. */
  visibleMessages(place?: Place): readonly StoredMessage[];
  /** Waits for a visible message that is no longer "thinking"; `after`: only newer ones than this. */
  waitForMessage(
    wanted: Wanted,
    options?: WaitOptions & Place & { readonly after?: Pick<StoredMessage, 'id'> },
  ): Promise<StoredMessage>;
}

export function createPerson(world: World, userId: string, channelId: (name?: string) => string): Person {
  const { username } = memberOf(world, userId).user;

  function act(deed: Omit<Deed, 'userId'>): InteractionHandle {
    return handleOf(world, startInteraction(world, { ...deed, userId }));
  }

  function command(words: readonly string[], channel: string) {
    const found = commandsFor(world, userId, channelOf(world, channel)).find(({ name }) => name === words[0]);
    if (!found) throw new Error(`${username}'s client offers no /${words.join(' ')} here.`);
    return found;
  }

  function control(
    { id }: Pick<StoredMessage, 'id'>,
    wanted: string,
    matches: (entry: Component) => boolean,
  ) {
    const message = world.messages.get(id);
    if (!message || !canSee(world, userId, message))
      throw new Error(`${username} doesn't see the message ${id}.`);
    const controls = controlsOf(message).filter(matches);
    const found =
      controls.find(({ custom_id }) => custom_id === wanted) ??
      controls.find(({ label, placeholder }) => (label ?? placeholder)?.startsWith(wanted));
    if (!found) throw new Error(`The message has no "${wanted}" to use.`);
    if (found.disabled) throw new Error(`"${wanted}" is disabled.`);
    if (found.style === LINK_STYLE) throw new Error(`"${wanted}" is a link.`);
    return { message, custom_id: found.custom_id, component_type: found.type, options: found.options };
  }

  function visible({ channel }: Place): readonly StoredMessage[] {
    const id = channelId(channel);
    return [...world.messages.values()].filter(
      (message) => message.channel_id === id && canSee(world, userId, message),
    );
  }

  return {
    id: userId,
    name: username,
    commands({ channel } = {}) {
      return commandsFor(world, userId, channelOf(world, channelId(channel))).map(({ name }) => name);
    },
    slash(name, options = {}, { channel } = {}) {
      const words = name.split(' ');
      const id = channelId(channel);
      const data = commandData(command(words, id), words, options);
      return act({ type: 2, channelId: id, sourceMessageId: null, data });
    },
    async autocomplete(name, option, typed, { channel, options = {} } = {}) {
      const words = name.split(' ');
      const id = channelId(channel);
      const data = commandData(command(words, id), words, { ...options, [option]: typed }, option);
      const deed = { type: 4, userId, channelId: id, sourceMessageId: null, data } as const;
      const interaction = startInteraction(world, deed);
      if ((await handleOf(world, interaction).settled()) === 'failed') {
        throw new Error('Loading options failed: no answer came in time.');
      }
      return interaction.choices ?? [];
    },
    press(target, button) {
      const { message, custom_id, component_type } = control(
        target,
        button,
        ({ type }) => type === COMPONENT.BUTTON,
      );
      const data = { custom_id, component_type };
      return act({ type: 3, channelId: message.channel_id, sourceMessageId: message.id, data });
    },
    select(target, menu, values) {
      const { message, custom_id, component_type, options } = control(
        target,
        menu,
        ({ type }) => type !== COMPONENT.BUTTON,
      );
      const missing = values.filter((value) => options?.every((option) => option.value !== value));
      if (missing.length > 0) throw new Error(`"${menu}" offers no ${missing.join(', ')}.`);
      const data = { custom_id, component_type, values };
      return act({ type: 3, channelId: message.channel_id, sourceMessageId: message.id, data });
    },
    submitModal(from, values) {
      const origin = [...world.interactions.values()].find(({ id }) => id === from.id);
      if (!origin?.modal || origin.userId !== userId) throw new Error(`${username} has no such form open.`);
      const data = modalData(origin.modal, values);
      return act({ type: 5, channelId: origin.channelId, sourceMessageId: origin.sourceMessageId, data });
    },
    say(content, { channel } = {}) {
      const author = memberOf(world, userId).user;
      const target = channelOf(world, channelId(channel));
      return createMessage(world, { channel: target, author, body: { content }, uploads: [], path: [] });
    },
    visibleMessages: (place = {}) => visible(place),
    waitForMessage(wanted, { channel, after, ...options } = {}) {
      const look = () =>
        visible(channel === undefined ? {} : { channel }).find(
          (message) =>
            !(message.flags & FLAG.LOADING) &&
            (!after || BigInt(message.id) > BigInt(after.id)) &&
            fits(message, wanted),
        );
      return waitFor(world, look, { what: `a message with ${String(wanted)}`, ...options });
    },
  };
}
