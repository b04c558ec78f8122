import { html, nothing, type TemplateResult } from 'lit';
import type { PageChannel, PageMember } from '../page-protocol/server-message.js';
import type { Actions } from './actions.js';
import { avatarOf } from './avatar.js';
import type { State } from './state.js';

/** The channels with their threads, and the members to act as. */
export function sidebarView(state: State, actions: Actions): TemplateResult {
  const { welcome, channels } = state;
  const all = [...channels.values()];
  const threadsOf = (id: string) =>
    all.filter((entry) => entry.parent_id === id && !entry.thread_metadata?.archived);
  return html`<aside class="sidebar ${state.sidebarOpen ? 'open' : ''}" id="sidebar" aria-label="Server">
    <div class="server">
      <strong>${welcome?.guild.name}</strong>
      <span class="status"><i class=${welcome?.botConnected ? 'on' : 'off'} aria-hidden="true"></i>${
        welcome?.botConnected ? 'Bot is online' : 'Bot is offline'
      }</span>
    </div>
    <nav aria-label="Channels">
      <h2>Channels</h2>
      ${all
        .filter(({ parent_id }) => parent_id === null)
        .map(
          (channel) =>
            html`${channelView(channel, state, actions)}${threadsOf(channel.id).map((thread) => channelView(thread, state, actions))}`,
        )}
    </nav>
    <div class="people" role="radiogroup" aria-labelledby="people-title">
      <h2 id="people-title">Act as</h2>
      ${welcome?.members.map((member) => memberView(member, state, actions))}
    </div>
  </aside>`;
}

function channelView(channel: PageChannel, state: State, actions: Actions): TemplateResult {
  const isOpen = channel.id === state.channelId;
  const unread = state.unread.get(channel.id);
  const isThread = channel.parent_id !== null;
  return html`<button
    type="button"
    class="channel ${isThread ? 'thread' : ''} ${isOpen ? 'open' : ''} ${unread ? 'unread' : ''}"
    aria-current=${isOpen ? 'page' : nothing}
    @click=${() => actions.openChannel(channel.id)}
  >
    <span class="hash" aria-hidden="true">${isThread ? '↳' : '#'}</span><span class="channel-name">${channel.name}</span>
    ${unread ? badge(unread) : nothing}
  </button>`;
}

function badge({ count, mentions }: { readonly count: number; readonly mentions: number }): TemplateResult {
  const words = mentions > 0 ? `${mentions} mentions` : `${count} new messages`;
  return html`<span class="badge ${mentions > 0 ? 'loud' : ''}"><span aria-hidden="true">${mentions || count}</span><span class="visually-hidden">${words}</span></span>`;
}

function memberView({ id, name, roles }: PageMember, { actingAs }: State, actions: Actions): TemplateResult {
  return html`<label class="member ${id === actingAs ? 'acting' : ''}">
    <input type="radio" name="member" class="visually-hidden" .checked=${id === actingAs} @change=${() => actions.actAs(id)}>
    <img src=${avatarOf(name, false)} alt="" width="32" height="32">
    <span><span class="member-name">${name}</span><span class="member-role">${roles.join(', ') || 'no role'}</span></span>
  </label>`;
}
