import { html, type TemplateResult } from 'lit';
import { parseMarkdown } from './blocks.js';
import { parseInline } from './inline.js';
import type { Block, Inline, ListItem } from './nodes.js';

/** Turns ids into names. */
export interface Names {
  user(id: string): string | null;
  role(id: string): string | null;
  channel(id: string): string | null;
  openChannel(id: string): void;
}

type Shown = TemplateResult | string;

/** A message's text as Discord shows it. Every character that people or tools wrote stays text. */
export function renderMarkdown(source: string, names: Names): readonly Shown[] {
  return parseMarkdown(source).map((block) => renderBlock(block, names));
}

/** One line without blocks, such as an embed's title. */
export function renderLine(source: string, names: Names): readonly Shown[] {
  return parseInline(source).map((node) => renderInline(node, names));
}

function renderBlock(block: Block, names: Names): Shown {
  switch (block.type) {
    case 'fence':
      return html`<pre class="md-fence" tabindex="0"><code>${block.text}</code></pre>`;
    case 'quote':
      return html`<blockquote class="md-quote">${block.children.map((child) => renderBlock(child, names))}</blockquote>`;
    case 'list':
      return renderList(block.items, names);
    case 'header':
      // Not h1 to h3: a message's headers are no headings of this page.
      return html`<div class="md-header md-header-${block.level}" role="heading" aria-level=${block.level + 2}>
        ${inlines(block.children, names)}
      </div>`;
    case 'subtext':
      return html`<div class="md-subtext">${inlines(block.children, names)}</div>`;
    case 'paragraph':
      return html`<div class="md-paragraph">${inlines(block.children, names)}</div>`;
  }
}

/** Items below a deeper one continue the outer list, so depth is drawn by indentation alone. */
function renderList(items: readonly ListItem[], names: Names): Shown {
  const numbers = new Map<number, number>();
  return html`<div class="md-list" role="list">
    ${items.map((item) => {
      for (const depth of numbers.keys()) if (depth > item.depth) numbers.delete(depth);
      const number = (numbers.get(item.depth) ?? (item.number ?? 1) - 1) + 1;
      numbers.set(item.depth, number);
      const sign = item.number === null ? (item.depth % 2 === 0 ? '•' : '◦') : `${number}.`;
      return html`<div class="md-item md-depth-${Math.min(item.depth, 3)}" role="listitem">
        <span class="md-sign">${sign}</span><span>${inlines(item.children, names)}</span>
      </div>`;
    })}
  </div>`;
}

function inlines(nodes: readonly Inline[], names: Names): readonly Shown[] {
  return nodes.map((node) => renderInline(node, names));
}

function renderInline(node: Inline, names: Names): Shown {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'break':
      return html`<br>`;
    case 'code':
      return html`<code class="md-code">${node.text}</code>`;
    case 'bold':
      return html`<strong>${inlines(node.children, names)}</strong>`;
    case 'italic':
      return html`<em>${inlines(node.children, names)}</em>`;
    case 'underline':
      return html`<u>${inlines(node.children, names)}</u>`;
    case 'strike':
      return html`<s>${inlines(node.children, names)}</s>`;
    case 'spoiler':
      return html`<details class="md-spoiler"><summary>spoiler</summary>${inlines(node.children, names)}</details>`;
    case 'link':
      return html`<a class="md-link" href=${node.url} target="_blank" rel="noopener noreferrer">${inlines(node.children, names)}</a>`;
    case 'time':
      return html`<chat-time class="md-time" seconds=${node.seconds} look=${node.style}></chat-time>`;
    case 'everyone':
      return html`<span class="md-everyone">${node.text}</span>`;
    case 'command':
      return html`<discord-mention type="slash">${node.name}</discord-mention>`;
    case 'user':
      return mention('user', names.user(node.id) ?? 'unknown-user');
    case 'role':
      return mention('role', names.role(node.id) ?? 'unknown-role');
    case 'channel':
      return html`<button type="button" class="md-channel" @click=${() => names.openChannel(node.id)}
        >#${names.channel(node.id) ?? 'unknown'}</button>`;
  }
}

function mention(type: 'user' | 'role', name: string): Shown {
  return html`<discord-mention type=${type}>${name}</discord-mention>`;
}
