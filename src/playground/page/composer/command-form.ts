import { html, nothing, type TemplateResult } from 'lit';
import type { Choice, CommandOption } from '../../wire/types.js';
import type { Actions } from '../actions.js';
import type { State } from '../state.js';
import { focusComposer, focusOption } from './focus.js';
import { listbox } from './listbox.js';
import { type CommandMode, choicesFor, emptyComposer, valuesOf } from './state.js';
import { refreshChoices } from './suggest.js';

/** A picked command with a field for each of its options. Enter goes on, and sends from the last field. */
export function commandForm(state: State, actions: Actions, composer: CommandMode): TemplateResult {
  const { pick, shown } = composer;
  const fields = pick.options.filter(({ name }) => shown.includes(name));
  const hidden = pick.options.filter(({ name }) => !shown.includes(name));
  const current = pick.options.find(({ name }) => name === composer.at);
  const choices = choicesFor(composer);

  const leave = () => {
    actions.set({ composer: emptyComposer });
    focusComposer();
  };
  const goTo = (at: string | null) => {
    actions.set({ composer: { ...composerNow(state, composer), at, active: 0, choices: [] } });
    refreshChoices(state, actions);
    focusOption();
  };
  const choose = (choice: Choice) => {
    if (!current) return;
    const now = composerNow(state, composer);
    const typed = { ...now.typed, [current.name]: choice.name };
    const chosen = { ...now.chosen, [current.name]: choice.value };
    const index = fields.findIndex(({ name }) => name === current.name);
    actions.set({ composer: { ...now, typed, chosen, missing: null } });
    goTo(fields[index + 1]?.name ?? null);
  };
  const send = () => {
    const checked = valuesOf(composerNow(state, composer));
    if ('problem' in checked) {
      actions.set({ composer: { ...composer, missing: checked.problem } });
      return;
    }
    actions.slash(pick.words, checked.values);
    leave();
  };

  return html`<form
    class="composer"
    aria-label=${`/${pick.words}`}
    @submit=${(event: Event) => {
      event.preventDefault();
      send();
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      leave();
    }}
  >
    ${choices.length > 0 && current ? choicesView(current, choices, composer.active, choose) : hintView(composer, current)}
    <div class="composer-box command">
      <button type="button" class="chip" title="Leave this command (Escape)" @click=${leave}>/${pick.words}<span aria-hidden="true"> ×</span><span class="visually-hidden">: leave this command</span></button>
      ${fields.map((option) => fieldView(option, { state, actions, composer, choices, choose, goTo, send, leave }))}
      ${hidden.map(
        ({ name, description }) => html`<button
          type="button"
          class="add-option"
          title=${description}
          @click=${() => {
            actions.set({ composer: { ...composer, shown: [...shown, name] } });
            goTo(name);
          }}
        >+ ${name}</button>`,
      )}
      <button id="send" type="submit" class="button primary send">Send</button>
    </div>
  </form>`;
}

/** Several changes in one go: what was drawn may be older than what is there. */
function composerNow({ composer }: State, drawn: CommandMode): CommandMode {
  return composer.mode === 'command' ? composer : drawn;
}

interface Field {
  readonly state: State;
  readonly actions: Actions;
  readonly composer: CommandMode;
  readonly choices: readonly Choice[];
  readonly choose: (choice: Choice) => void;
  readonly goTo: (at: string | null) => void;
  readonly send: () => void;
  readonly leave: () => void;
}

function fieldView(option: CommandOption, field: Field): TemplateResult {
  const { state, actions, composer, choices, choose, goTo, send, leave } = field;
  const isCurrent = composer.at === option.name;
  const value = composer.typed[option.name] ?? '';

  const onInput = (event: InputEvent) => {
    const text = (event.target as HTMLInputElement).value;
    const now = composerNow(state, composer);
    const { [option.name]: _old, ...chosen } = now.chosen;
    actions.set({
      composer: { ...now, typed: { ...now.typed, [option.name]: text }, chosen, active: 0, missing: null },
    });
    refreshChoices(state, actions);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picked = choices[composer.active];
    if (step !== undefined && choices.length > 0) {
      const active = (composer.active + step + choices.length) % choices.length;
      actions.set({ composer: { ...composer, active } });
    } else if (event.key === 'Enter' && picked && composer.chosen[option.name] === undefined) choose(picked);
    else if (event.key === 'Enter') send();
    else if (event.key === 'Tab' && !event.shiftKey && picked && value !== '') choose(picked);
    else if (event.key === 'Backspace' && value === '') leave();
    else return;
    event.preventDefault();
  };

  return html`<label class="option ${isCurrent ? 'current' : ''}">
    <span>${option.name}</span>
    <input
      type="text"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      size="12"
      enterkeyhint="send"
      role="combobox"
      aria-autocomplete="list"
      aria-expanded=${isCurrent && choices.length > 0 ? 'true' : 'false'}
      aria-controls="choices"
      aria-required=${option.required ? 'true' : 'false'}
      aria-activedescendant=${isCurrent && choices.length > 0 ? `choices-${composer.active}` : nothing}
      .value=${value}
      @focus=${() => !isCurrent && goTo(option.name)}
      @input=${onInput}
      @keydown=${onKey}
    >
  </label>`;
}

function choicesView(
  { name, description }: CommandOption,
  choices: readonly Choice[],
  active: number,
  choose: (choice: Choice) => void,
): TemplateResult {
  return listbox({
    id: 'choices',
    label: `${name}: ${description}`,
    active,
    entries: choices,
    choose,
    view: (choice) => choice.name,
  });
}

function hintView(
  { missing, failed, asking }: CommandMode,
  current: CommandOption | undefined,
): TemplateResult {
  if (missing !== null)
    return html`<div class="picker"><p class="picker-empty failed" role="alert">${missing}</p></div>`;
  if (failed)
    return html`<div class="picker"><p class="picker-empty failed" role="alert">Loading options failed.</p></div>`;
  if (!current) return html`<div class="picker"><p class="picker-empty">Press Enter to send.</p></div>`;
  const text =
    current.autocomplete && asking === null ? 'No options match your search.' : current.description;
  return html`<div class="picker"><p class="picker-empty"><strong>${current.name}</strong> ${text}</p></div>`;
}
