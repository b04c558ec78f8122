import { html, nothing, type TemplateResult } from 'lit';
import type { Actions } from '../actions.js';
import { homeChannel, type State } from '../state.js';
import { commandForm } from './command-form.js';
import { focusComposer, focusOption } from './focus.js';
import { listbox } from './listbox.js';
import { matchingPicks, type Pick, picksOf, startCommand } from './state.js';
import { refreshChoices } from './suggest.js';

/** Where people write: a text, or after a slash a command. */
export function composerView(state: State, actions: Actions): TemplateResult {
  const thread = state.channels.get(state.channelId)?.thread_metadata;
  if (thread?.locked) return html`<div class="composer locked">This thread is locked.</div>`;
  return state.composer.mode === 'text'
    ? textView(state, actions)
    : commandForm(state, actions, state.composer);
}

function textView(state: State, actions: Actions): TemplateResult {
  const { composer } = state;
  if (composer.mode !== 'text') return html``;
  const picks = picksOf(state.commands[homeChannel(state)] ?? []);
  const matching = composer.closed ? [] : matchingPicks(picks, composer.text);
  const active = Math.min(composer.active, Math.max(0, matching.length - 1));
  const isOpen = composer.text.startsWith('/') && !composer.closed;
  const name = state.channels.get(state.channelId)?.name ?? '';

  const choose = (pick: Pick) => {
    actions.set({ composer: startCommand(pick) });
    refreshChoices(state, actions);
    focusOption();
  };
  const onInput = (event: InputEvent) => {
    const text = (event.target as HTMLInputElement).value;
    const exact = text.endsWith(' ') ? picks.find(({ words }) => `/${words} ` === text) : undefined;
    if (exact) choose(exact);
    else actions.set({ composer: { mode: 'text', text, active: 0, closed: false } });
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picked = matching[active];
    if (step !== undefined && matching.length > 0) {
      const next = (active + step + matching.length) % matching.length;
      actions.set({ composer: { ...composer, active: next } });
    } else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && picked) choose(picked);
    else if (event.key === 'Escape' && isOpen) actions.set({ composer: { ...composer, closed: true } });
    else if (event.key === 'Enter' && composer.text.trim() !== '') {
      actions.say(composer.text.trim());
      actions.set({ composer: { ...composer, text: '', active: 0 } });
      focusComposer();
    } else return;
    event.preventDefault();
  };

  return html`<div class="composer">
    ${isOpen ? pickerView(matching, active, choose, picks.length === 0 ? state : null) : nothing}
    <div class="composer-box">
      <input
        id="composer"
        type="text"
        autocomplete="off"
        enterkeyhint="send"
        maxlength="2000"
        placeholder=${`Message #${name}, or type / for commands`}
        aria-label=${`Message #${name}`}
        role="combobox"
        aria-expanded=${isOpen ? 'true' : 'false'}
        aria-controls="picker"
        aria-autocomplete="list"
        aria-activedescendant=${matching.length > 0 ? `picker-${active}` : nothing}
        .value=${composer.text}
        @input=${onInput}
        @keydown=${onKey}
      >
      <button type="button" class="slash" aria-label="Commands" title="Commands" @click=${() => {
        actions.set({ composer: { mode: 'text', text: '/', active: 0, closed: false } });
        focusComposer();
      }}>/</button>
    </div>
  </div>`;
}

function pickerView(
  picks: readonly Pick[],
  active: number,
  choose: (pick: Pick) => void,
  without: State | null,
): TemplateResult {
  if (picks.length === 0)
    return html`<div class="picker"><p class="picker-empty">${noPicks(without)}</p></div>`;
  return listbox({
    id: 'picker',
    label: 'Commands',
    active,
    entries: picks,
    choose,
    view: ({ words, description, options }) =>
      html`<span class="pick-name">/${words}${options.map(
        ({ name, required }) => html` <span class="pick-option ${required ? 'required' : ''}">${name}</span>`,
      )}</span><span class="pick-text">${description}</span>`,
  });
}

function noPicks(without: State | null): string {
  if (!without) return 'No command fits.';
  if (!without.welcome?.botConnected) return 'The bot is not connected yet.';
  const name = without.welcome.members.find(({ id }) => id === without.actingAs)?.name ?? 'This member';
  return `The bot offers ${name} no commands here: their roles don’t allow any.`;
}
