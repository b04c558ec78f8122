import { html, nothing, type TemplateResult } from 'lit';
import type { Actions } from './actions.js';
import { composerView } from './composer/composer.js';
import { devBarView } from './dev-bar.js';
import { formView } from './form.js';
import { messageList } from './message/list.js';
import { sidebarView } from './sidebar.js';
import { actingMember, type State } from './state.js';

const THEMES = { system: 'System colours', light: 'Light', dark: 'Dark' } as const;

/** The whole page. */
export function appView(state: State, actions: Actions): TemplateResult {
  if (state.connection === 'no_key') {
    return html`<main class="splash">Open the address that the playground printed in the terminal: it carries this page’s key.</main>`;
  }
  if (!state.welcome) {
    const text =
      state.connection === 'lost'
        ? 'The playground does not answer. Trying again.'
        : 'Connecting to the playground.';
    return html`<main class="splash">${text}</main>`;
  }
  return html`
    ${sidebarView(state, actions)}
    ${state.sidebarOpen ? html`<div class="veil" @click=${() => actions.set({ sidebarOpen: false })}></div>` : nothing}
    <main class="channel-view">
      ${headerView(state, actions)} ${noticeView(state, actions)} ${messageList(state, actions)}
      <div class="below">${typingView(state)}${composerView(state, actions)}</div>
      ${devBarView(state, actions)}
    </main>
    ${state.form ? formView(state.form, actions) : nothing}`;
}

function headerView(state: State, actions: Actions): TemplateResult {
  const channel = state.channels.get(state.channelId);
  const parent = state.channels.get(channel?.parent_id ?? '');
  const loud = [...state.unread.values()].reduce((sum, { mentions }) => sum + mentions, 0);
  return html`<header>
    <button
      type="button"
      class="icon menu"
      aria-label="Channels and members"
      aria-expanded=${state.sidebarOpen ? 'true' : 'false'}
      aria-controls="sidebar"
      @click=${() => actions.set({ sidebarOpen: !state.sidebarOpen })}
    >☰${loud > 0 ? html`<span class="badge loud" aria-hidden="true">${loud}</span>` : nothing}</button>
    <h1>
      ${
        parent
          ? html`<button type="button" class="crumb" @click=${() => actions.openChannel(parent.id)}>#${parent.name}</button><span class="crumb-sign" aria-hidden="true">›</span>`
          : html`<span class="hash" aria-hidden="true">#</span>`
      }<span class="title">${channel?.name}</span>
    </h1>
    <span class="acting">as <strong>${actingMember(state)?.name}</strong></span>
    <button type="button" class="icon" title=${`Colours: ${THEMES[state.theme]}`} @click=${actions.switchTheme}>
      <span aria-hidden="true">${state.theme === 'light' ? '☀' : state.theme === 'dark' ? '☾' : '◐'}</span>
      <span class="visually-hidden">Colours: ${THEMES[state.theme]}</span>
    </button>
    <button
      type="button"
      class="icon dev ${state.devBarOpen ? 'on' : ''}"
      aria-expanded=${state.devBarOpen ? 'true' : 'false'}
      aria-controls="dev-bar"
      title="Developer bar"
      @click=${() => actions.set({ devBarOpen: !state.devBarOpen })}
    ><span aria-hidden="true">&lt;/&gt;</span><span class="visually-hidden">Developer bar</span></button>
  </header>`;
}

function noticeView(
  { connection, problem, welcome }: State,
  actions: Actions,
): TemplateResult | typeof nothing {
  if (connection !== 'open') {
    return html`<div class="notice bad" role="status">The playground does not answer. Start it again: this page comes back by itself.</div>`;
  }
  if (problem !== null) {
    return html`<div class="notice bad" role="alert">${problem}<button type="button" class="link" @click=${() => actions.set({ problem: null })}>Dismiss</button></div>`;
  }
  return welcome?.botConnected
    ? nothing
    : html`<div class="notice" role="status">The bot is not connected. It comes back by itself; until then nothing answers.</div>`;
}

function typingView({ typing, channelId }: State): TemplateResult {
  const found = typing.get(channelId);
  const isTyping = found !== undefined && found.until > Date.now();
  return html`<div class="typing" aria-live="polite">${isTyping ? `${found.name} is typing…` : ''}</div>`;
}
