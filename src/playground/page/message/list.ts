import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PageMessage } from '../../page-protocol/server-message.js';
import type { Actions } from '../actions.js';
import type { Deed, State } from '../state.js';
import { isGrouped, messageView } from './message.js';
import { namesOf } from './view-model.js';

/** The messages of the open channel, oldest first, and the deeds that still wait for a first answer. */
export function messageList(state: State, actions: Actions): TemplateResult {
  const names = namesOf(state, actions);
  const messages = [...state.messages.values()]
    .filter(({ channel_id }) => channel_id === state.channelId)
    .sort((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  const deedOf = (message: PageMessage) =>
    state.deeds.find(({ messageId }) => messageId === message.id) ?? null;
  const own = state.deeds.filter(({ kind, channelId }) => kind === 'slash' && channelId === state.channelId);
  return html`<div class="messages" id="messages" tabindex="0" role="log" aria-label="Messages">
    ${messages.length === 0 ? emptyView(state) : nothing}
    <discord-messages>
      ${repeat(
        messages,
        ({ id }) => id,
        (message, index) =>
          messageView(
            { message, deed: deedOf(message), names, state, actions },
            isGrouped(message, messages[index - 1]),
          ),
      )}
    </discord-messages>
    ${own.map((deed) => deedView(deed, state, actions))}
  </div>`;
}

function emptyView({ channels, channelId }: State): TemplateResult {
  const name = channels.get(channelId)?.name ?? '';
  return html`<div class="empty"><strong>#${name}</strong><span>Nothing was written here yet.</span></div>`;
}

function deedView(
  { ref, label, state: reached }: Deed,
  { welcome }: State,
  actions: Actions,
): TemplateResult {
  if (reached === 'waiting') {
    return html`<div class="deed">Sending <code class="md-code">${label}</code><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></div>`;
  }
  return html`<div class="deed failed" role="alert">
    <span><code class="md-code">${label}</code> The application did not respond. ${welcome?.botConnected ? '' : 'The bot is not connected.'}</span>
    <button type="button" class="link" @click=${() => actions.forgetDeed(ref)}>Dismiss</button>
  </div>`;
}
