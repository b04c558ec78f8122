import { html, type TemplateResult } from 'lit';
import type { Attachment } from '../../wire/types.js';
import type { Actions } from '../actions.js';
import { sizeText } from '../time-text.js';

/** A file that can be saved. It is never shown: what bots attach is as hostile as what tools print. */
export function fileView({ id, filename, size }: Attachment, actions: Actions): TemplateResult {
  return html`<button type="button" class="file" @click=${() => actions.download(id, filename)}>
    <svg viewBox="0 0 24 32" aria-hidden="true"><path d="M3 1h12l6 6v23H3z" /><path class="fold" d="M15 1v6h6" /></svg>
    <span class="file-name">${filename}</span>
    <span class="file-size">${sizeText(size)}</span>
    <span class="visually-hidden">Download</span>
  </button>`;
}
