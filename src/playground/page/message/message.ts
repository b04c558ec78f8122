import { html, nothing, type TemplateResult } from 'lit';
import type { PageMessage } from '../../page-protocol/server-message.js';
import { FLAG, type Message } from '../../wire/types.js';
import { avatarOf } from '../avatar.js';
import { renderLine, renderMarkdown } from '../markdown/render.js';
import { chatTime } from '../time-text.js';
import { fileView } from './attachments.js';
import { componentView } from './components.js';
import { embedView } from './embed.js';
import type { MessageContext } from './view-model.js';

/** Messages of one author within this time stand under one name, in ms. */
const GROUP_MS = 7 * 60_000;

/** Does this message stand under the name of the one before it? */
export function isGrouped(message: PageMessage, before: PageMessage | undefined): boolean {
  if (!before || message.referenced_message || message.command !== null) return false;
  if (message.author.id !== before.author.id || message.isPrivate !== before.isPrivate) return false;
  return Date.parse(message.timestamp) - Date.parse(before.timestamp) < GROUP_MS;
}

/** One message with everything that belongs to it. */
export function messageView(context: MessageContext, grouped: boolean): TemplateResult {
  const { message, names, state, actions } = context;
  const { author } = message;
  const pingsMe = message.mention_everyone || message.mentions.some(({ id }) => id === state.actingAs);
  const isV2 = (message.flags & FLAG.COMPONENTS_V2) !== 0;
  const files = isV2 ? [] : message.attachments;
  return html`<discord-message
    data-message=${message.id}
    author=${author.username}
    avatar=${avatarOf(author.username, author.bot)}
    timestamp=${chatTime(message.timestamp)}
    ?bot=${author.bot}
    ?edited=${message.edited_timestamp !== null}
    ?highlight=${pingsMe}
    ?ephemeral=${message.isPrivate}
    ?message-body-only=${grouped}
  >
    ${repliesTo(context)}
    ${message.flags & FLAG.LOADING ? html`<span class="thinking">${author.username} is thinking<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></span>` : nothing}
    ${isV2 ? nothing : renderMarkdown(message.content, names)}
    ${isV2 || message.flags & FLAG.SUPPRESS_EMBEDS ? nothing : message.embeds.map((embed) => embedView(embed, names))}
    ${files.length > 0 ? html`<div slot="attachments">${files.map((file) => fileView(file, actions))}</div>` : nothing}
    <div slot="components">
      ${message.components.map((component) => componentView(component, context))} ${failureView(context)}
      ${message.isPrivate ? privateView(context) : nothing}
    </div>
    ${message.thread ? threadView(context) : nothing}
  </discord-message>`;
}

function repliesTo({ message, names, state }: MessageContext): TemplateResult | typeof nothing {
  const { referenced_message: target, interaction_metadata: cause, command } = message;
  if (target) {
    const show = () => reveal(target.id);
    return html`<discord-reply
      slot="reply"
      author=${target.author.username}
      avatar=${avatarOf(target.author.username, target.author.bot)}
      ?bot=${target.author.bot}
      ><button type="button" class="plain" @click=${show}>${firstLine(state.messages.get(target.id) ?? target, names)}</button></discord-reply
    >`;
  }
  if (!cause || command === null) return nothing;
  const { username, bot } = cause.user;
  return html`<discord-command
    slot="reply"
    author=${username}
    avatar=${avatarOf(username, bot)}
    command=${command}
  ></discord-command>`;
}

function firstLine({ content, embeds }: Message, names: MessageContext['names']) {
  const text = content || embeds[0]?.title || embeds[0]?.description || 'Click to see the message';
  return renderLine(text.split('\n')[0]?.slice(0, 120) ?? '', names);
}

function reveal(id: string): void {
  const found = document.querySelector(`[data-message="${id}"]`);
  found?.scrollIntoView({ block: 'center' });
  found?.animate([{ background: 'var(--ping)' }, {}], 1600);
}

function failureView({ deed, actions }: MessageContext): TemplateResult | typeof nothing {
  if (deed?.state !== 'failed') return nothing;
  return html`<div class="failed" role="alert">
    This interaction failed
    <button type="button" class="link" @click=${() => actions.forgetDeed(deed.ref)}>Dismiss</button>
  </div>`;
}

function privateView({ message, actions, state }: MessageContext): TemplateResult {
  const reader = state.welcome?.members.find(({ id }) => id === state.actingAs)?.name ?? 'you';
  return html`<div class="private">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5C6 5 2 12 2 12s4 7 10 7 10-7 10-7-4-7-10-7z" /><circle cx="12" cy="12" r="3" /></svg>
    Only you (${reader}) can see this •
    <button type="button" class="link" @click=${() => actions.dismiss(message.id)}>Dismiss message</button>
  </div>`;
}

function threadView({ message, state, actions }: MessageContext): TemplateResult | typeof nothing {
  const thread = state.channels.get(message.thread?.id ?? '');
  if (!thread) return nothing;
  const count = [...state.messages.values()].filter(({ channel_id }) => channel_id === thread.id).length;
  return html`<button slot="thread" type="button" class="thread-card" @click=${() => actions.openChannel(thread.id)}>
    <span class="thread-name">${thread.name}</span>
    <span class="thread-count">${count === 1 ? '1 message' : `${count} messages`} ›</span>
  </button>`;
}
