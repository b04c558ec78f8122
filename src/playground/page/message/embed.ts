import { html, nothing, type TemplateResult } from 'lit';
import type { Embed } from '../../wire/types.js';
import { type Names, renderLine, renderMarkdown } from '../markdown/render.js';
import { dateTime } from '../time-text.js';

/** An embed. Its title goes through the description's slot: the component would load emoji from outside for it. */
export function embedView(embed: Embed, names: Names): TemplateResult {
  const { author, title, description, fields = [], footer, timestamp, color } = embed;
  const foot = [footer?.text, timestamp ? dateTime(timestamp) : undefined].filter(Boolean).join(' • ');
  return html`<discord-embed slot="embeds" color=${color === undefined ? nothing : hexOf(color)}>
    <discord-embed-description slot="description">
      ${author ? html`<div class="embed-author">${author.name}</div>` : nothing}
      ${title === undefined ? nothing : html`<div class="embed-title">${titleView(embed, names)}</div>`}
      ${description === undefined ? nothing : renderMarkdown(description, names)}
    </discord-embed-description>
    ${
      fields.length === 0
        ? nothing
        : html`<discord-embed-fields slot="fields">${fields.map(
            (field) => html`<discord-embed-field
              ><div class="embed-field-name">${renderLine(field.name, names)}</div>${renderMarkdown(field.value, names)}</discord-embed-field
            >`,
          )}</discord-embed-fields>`
    }
    ${foot === '' ? nothing : html`<discord-embed-footer slot="footer">${foot}</discord-embed-footer>`}
  </discord-embed>`;
}

function titleView({ title = '', url }: Embed, names: Names) {
  const shown = renderLine(title, names);
  const isWeb = url !== undefined && /^https?:\/\//i.test(url);
  return isWeb
    ? html`<a class="md-link" href=${url} target="_blank" rel="noopener noreferrer">${shown}</a>`
    : shown;
}

function hexOf(color: number): string {
  return `#${color.toString(16).padStart(6, '0')}`;
}
