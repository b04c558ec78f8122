import type { InteractionHandle } from '../driver/interaction-handle.js';
import type { LocalDiscord } from '../local-discord.js';
import type { ClientMessage } from '../page-protocol/client-message.js';
import type { DeedState, ServerMessage } from '../page-protocol/server-message.js';
import { channelOf } from '../world/access.js';

/** Deeds whose form can still be sent. */
const KEPT = 50;

type Deed = Extract<ClientMessage, { ref: string }>;

/** Does what people do in Discord, and tells their page how it goes. One for each connection. */
export function createDeeds(discord: LocalDiscord, tell: (message: ServerMessage) => void) {
  const handles = new Map<string, InteractionHandle>();

  function follow(ref: string, handle: InteractionHandle): void {
    handles.set(ref, handle);
    for (const old of [...handles.keys()].slice(0, -KEPT)) handles.delete(old);
    tell(state(ref, 'waiting'));
    handle
      .firstAnswer()
      .then(({ ms }) => tell({ ...state(ref, 'answered'), ms, modal: handle.modal() }))
      .catch(() => tell(state(ref, 'failed')));
  }

  function start(deed: Deed, memberId: string): void {
    const person = discord.as(memberId);
    switch (deed.type) {
      case 'slash': {
        const { id } = channelOf(discord.world, deed.channelId);
        follow(deed.ref, person.slash(deed.command, deed.options, { channel: id }));
        return;
      }
      case 'press':
        follow(deed.ref, person.press({ id: deed.messageId }, deed.customId));
        return;
      case 'select':
        follow(deed.ref, person.select({ id: deed.messageId }, deed.customId, deed.values));
        return;
      case 'submit': {
        const from = handles.get(deed.from);
        if (!from) throw new Error('This form is gone.');
        follow(deed.ref, person.submitModal(from, deed.values));
        return;
      }
      case 'say':
        person.say(deed.content, { channel: deed.channelId });
        return;
      case 'autocomplete': {
        const place = { channel: deed.channelId, options: deed.options };
        person
          .autocomplete(deed.command, deed.option, deed.typed, place)
          .then((choices) => tell({ ...state(deed.ref, 'answered'), choices }))
          .catch(() => tell(state(deed.ref, 'failed')));
      }
    }
  }

  return (deed: Deed, memberId: string): void => {
    try {
      start(deed, memberId);
    } catch (error) {
      tell({ type: 'problem', ref: deed.ref, text: error instanceof Error ? error.message : String(error) });
    }
  };
}

function state(ref: string, reached: DeedState['state']): DeedState {
  return { type: 'deed', ref, state: reached, ms: null, modal: null, choices: null };
}
