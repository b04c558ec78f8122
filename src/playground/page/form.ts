import { html, type TemplateResult } from 'lit';
import { COMPONENT, type Component } from '../wire/types.js';
import type { Actions } from './actions.js';
import type { OpenForm } from './state.js';

/** The form that the bot opened, in a window of its own. */
export function formView({ modal }: OpenForm, actions: Actions): TemplateResult {
  const parts = modal.components.map((part) => ({
    label: part.label ?? part.components?.[0]?.label ?? '',
    about: part.description ?? '',
    input: part.component ?? part.components?.[0],
    text: part.type === COMPONENT.TEXT ? part.content : undefined,
  }));
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const values = parts.flatMap(({ input }): [string, string | string[]][] => {
      if (!input?.custom_id) return [];
      const given = data.getAll(input.custom_id).map(String);
      return [[input.custom_id, input.type === COMPONENT.TEXT_INPUT ? (given[0] ?? '') : given]];
    });
    actions.sendForm(Object.fromEntries(values));
  };
  return html`<dialog class="form" id="form" aria-labelledby="form-title" @close=${actions.closeForm}>
    <form @submit=${send}>
      <h2 id="form-title">${modal.title}</h2>
      ${parts.map(({ label, about, input, text }) => (input ? inputView(label, about, input) : html`<p>${text}</p>`))}
      <div class="form-buttons">
        <button type="button" class="button secondary" @click=${actions.closeForm}>Cancel</button>
        <button type="submit" class="button primary">Submit</button>
      </div>
    </form>
  </dialog>`;
}

function inputView(label: string, about: string, input: Component): TemplateResult {
  const {
    custom_id: name = '',
    required = true,
    value = '',
    placeholder = '',
    max_length: max = 4000,
  } = input;
  const title = html`<span>${label}${required ? html` <em aria-hidden="true">*</em>` : ''}</span>
    ${about === '' ? '' : html`<small>${about}</small>`}`;
  if (input.type !== COMPONENT.TEXT_INPUT) {
    const several = (input.max_values ?? 1) > 1;
    const chosen = (input.options ?? []).some((option) => option.default === true);
    return html`<label>${title}<select class="select" name=${name} ?required=${required} ?multiple=${several}>
      ${several || chosen ? '' : html`<option value="" selected ?disabled=${required}>${placeholder}</option>`}
      ${(input.options ?? []).map((option) => html`<option value=${option.value} ?selected=${option.default === true}>${option.label}</option>`)}
    </select></label>`;
  }
  // Style 2 is a paragraph: https://discord.com/developers/docs/components/reference#text-input
  return input.style === 2
    ? html`<label>${title}<textarea name=${name} rows="4" maxlength=${max} minlength=${input.min_length ?? 0} ?required=${required} placeholder=${placeholder} .value=${value}></textarea></label>`
    : html`<label>${title}<input type="text" name=${name} maxlength=${max} minlength=${input.min_length ?? 0} ?required=${required} placeholder=${placeholder} .value=${value}></label>`;
}
