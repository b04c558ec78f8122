import { html, nothing, type TemplateResult } from 'lit';
import { COMPONENT, type Component, LINK_STYLE } from '../../wire/types.js';
import { renderMarkdown } from '../markdown/render.js';
import { fileView } from './attachments.js';
import type { MessageContext } from './view-model.js';

const STYLES: Readonly<Record<number, string>> = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger' };

/** A component of either generation, and what is inside it. */
export function componentView(
  component: Component,
  context: MessageContext,
): TemplateResult | typeof nothing {
  const inner = () => (component.components ?? []).map((child) => componentView(child, context));
  switch (component.type) {
    case COMPONENT.ROW:
      return html`<div class="row" role="group" aria-label="Actions">${inner()}</div>`;
    case COMPONENT.BUTTON:
      return buttonView(component, context);
    case COMPONENT.STRING_SELECT:
      return selectView(component, context);
    case COMPONENT.TEXT:
      return html`<div class="v2-text">${renderMarkdown(component.content ?? '', context.names)}</div>`;
    case COMPONENT.SECTION:
      return html`<div class="v2-section">
        <div>${inner()}</div>
        ${component.accessory ? componentView(component.accessory, context) : nothing}
      </div>`;
    case COMPONENT.SEPARATOR:
      return html`<hr class="v2-separator">`;
    case COMPONENT.CONTAINER:
      return html`<div class="v2-container">${inner()}</div>`;
    case COMPONENT.FILE:
      return html`${context.message.attachments.map((file) => fileView(file, context.actions))}`;
    default:
      return html`<div class="unshown">A component of type ${component.type}, which this page does not draw.</div>`;
  }
}

function buttonView(button: Component, { message, deed, actions }: MessageContext): TemplateResult {
  if (button.style === LINK_STYLE) {
    const href = /^https?:\/\//i.test(button.url ?? '') ? button.url : undefined;
    return html`<a class="button secondary" href=${href ?? nothing} target="_blank" rel="noopener noreferrer">${button.label} ↗</a>`;
  }
  const isWaiting = deed?.state === 'waiting';
  const isThis = isWaiting && deed.label === button.custom_id;
  return html`<button
    type="button"
    class="button ${STYLES[button.style ?? 2] ?? 'secondary'} ${isThis ? 'waiting' : ''}"
    ?disabled=${button.disabled === true}
    aria-disabled=${isWaiting ? 'true' : nothing}
    aria-busy=${isThis ? 'true' : nothing}
    @click=${() => !isWaiting && actions.press(message.id, button)}
  ><span>${button.label}</span>${isThis ? html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>` : nothing}</button>`;
}

function selectView(menu: Component, { message, deed, actions }: MessageContext): TemplateResult {
  const options = menu.options ?? [];
  const several = (menu.max_values ?? 1) > 1;
  const isWaiting = deed?.state === 'waiting';
  const label = menu.placeholder ?? 'Choose';
  const choose = (event: Event) => {
    const chosen = [...(event.currentTarget as HTMLSelectElement).selectedOptions].map(({ value }) => value);
    const values = chosen.filter((value) => value !== '');
    if (values.length >= (menu.min_values ?? 1)) actions.select(message.id, menu, values);
  };
  return html`<select
    class="select"
    aria-label=${label}
    ?multiple=${several}
    ?disabled=${menu.disabled === true || isWaiting}
    @change=${choose}
  >
    ${several ? nothing : html`<option value="" ?selected=${!options.some((option) => option.default)}>${label}</option>`}
    ${options.map(
      (option) => html`<option value=${option.value} ?selected=${option.default === true}>
        ${option.label}${option.description ? ` – ${option.description}` : ''}
      </option>`,
    )}
  </select>`;
}
