import { html, type TemplateResult } from 'lit';

interface Listbox<T> {
  readonly id: string;
  readonly label: string;
  readonly active: number;
  readonly entries: readonly T[];
  readonly choose: (entry: T) => void;
  readonly view: (entry: T) => TemplateResult | string;
}

/** What can be chosen above a field. The focus stays in the field, which names the active entry. */
export function listbox<T>({ id, label, active, entries, choose, view }: Listbox<T>): TemplateResult {
  return html`<div class="picker">
    <div class="picker-title" aria-hidden="true">${label}</div>
    <ul class="picker-list" id=${id} role="listbox" aria-label=${label}>
      ${entries.map(
        (entry, index) => html`<li
          id="${id}-${index}"
          role="option"
          aria-selected=${index === active ? 'true' : 'false'}
          class="pick ${index === active ? 'active' : ''}"
          @pointerdown=${(event: Event) => event.preventDefault()}
          @click=${() => choose(entry)}
        >${view(entry)}</li>`,
      )}
    </ul>
  </div>`;
}
