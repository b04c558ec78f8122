import type { PageMessage } from '../../page-protocol/server-message.js';
import type { Actions } from '../actions.js';
import type { Names } from '../markdown/render.js';
import type { Deed, State } from '../state.js';

/** What the parts of a message are drawn with. */
export interface MessageContext {
  readonly message: PageMessage;
  /** A control of this message that was used and not answered yet, or failed. */
  readonly deed: Deed | null;
  readonly names: Names;
  readonly state: State;
  readonly actions: Actions;
}

export function namesOf(state: State, actions: Actions): Names {
  const { welcome, channels } = state;
  return {
    user: (id) =>
      welcome?.bot.id === id
        ? welcome.bot.name
        : (welcome?.members.find((member) => member.id === id)?.name ?? null),
    role: (id) => welcome?.roles.find((role) => role.id === id)?.name ?? null,
    channel: (id) => channels.get(id)?.name ?? null,
    openChannel: actions.openChannel,
  };
}
