import { FLAG, type Modal } from '../wire/types.js';
import { CALLBACK, type FirstAnswer, type Interaction } from '../world/interaction.js';
import type { StoredMessage, World } from '../world/world.js';
import { fits, type WaitOptions, type Wanted, waitFor } from './wait.js';

/** What a person sees of something that they did: a command, a click, a form. */
export interface InteractionHandle {
  readonly id: string;
  readonly channelId: string;
  /** `failed`: Discord shows "This interaction failed", because no answer came in time. */
  state(): Interaction['state'];
  /**
   * The bot's first answer.
   * @throws {Error} when none came in time
   */
  firstAnswer(): Promise<FirstAnswer>;
  /** Waits for the answer, or for the end of the time in which one could come. */
  settled(): Promise<'answered' | 'failed'>;
  /** The messages that answer it, as they are now: the reply, then the follow-ups. */
  replies(): readonly StoredMessage[];
  /** Waits for a reply that is no longer "thinking". */
  waitForMessage(wanted?: Wanted, options?: WaitOptions): Promise<StoredMessage>;
  /** The form that the bot opened. */
  modal(): Modal | null;
}

export function handleOf(world: World, interaction: Interaction): InteractionHandle {
  const patience = { timeoutMs: world.config.firstAnswerMs + 2000, what: 'an answer to an interaction' };
  const settled = () =>
    waitFor(world, () => (interaction.state === 'waiting' ? null : interaction.state), patience);
  const replies = () => {
    const type = interaction.answer?.type;
    const isNew = type === CALLBACK.MESSAGE || type === CALLBACK.DEFERRED_MESSAGE;
    const ids = [...(isNew ? [interaction.originalId ?? ''] : []), ...interaction.followUpIds];
    return ids.flatMap((id) => world.messages.get(id) ?? []);
  };
  return {
    id: interaction.id,
    channelId: interaction.channelId,
    state: () => interaction.state,
    settled,
    async firstAnswer() {
      await settled();
      if (!interaction.answer) throw new Error('This interaction failed: no answer came in time.');
      return interaction.answer;
    },
    replies,
    waitForMessage(wanted = () => true, options = {}) {
      return waitFor(
        world,
        () => {
          if (interaction.state === 'failed')
            throw new Error('This interaction failed: no answer came in time.');
          return replies().find((message) => !(message.flags & FLAG.LOADING) && fits(message, wanted));
        },
        { what: `a reply with ${String(wanted)}`, ...options },
      );
    },
    modal: () => interaction.modal,
  };
}
