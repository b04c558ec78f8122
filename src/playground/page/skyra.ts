import '@skyra/discord-components-core/discord-messages.js';
import { DiscordAuthorInfo } from '@skyra/discord-components-core/discord-author-info.js';
import { DiscordCommand } from '@skyra/discord-components-core/discord-command.js';
import { DiscordEmbed } from '@skyra/discord-components-core/discord-embed.js';
import { DiscordEmbedDescription } from '@skyra/discord-components-core/discord-embed-description.js';
import { DiscordEmbedField } from '@skyra/discord-components-core/discord-embed-field.js';
import '@skyra/discord-components-core/discord-embed-fields.js';
import { DiscordEmbedFooter } from '@skyra/discord-components-core/discord-embed-footer.js';
import { DiscordMention } from '@skyra/discord-components-core/discord-mention.js';
import { DiscordMessage } from '@skyra/discord-components-core/discord-message.js';
import { DiscordMessages } from '@skyra/discord-components-core/discord-messages.js';
import { DiscordReply } from '@skyra/discord-components-core/discord-reply.js';
import { DiscordVerifiedAuthorTag } from '@skyra/discord-components-core/discord-verified-author-tag.js';
import { type CSSResult, css, type LitElement } from 'lit';

/** Must run before the first of the elements is made. */
function restyle(element: typeof LitElement, styles: CSSResult): void {
  element.elementStyles.push(styles);
}

// The components draw Discord's look of some years ago, with greys that are too faint to read. Their colours
// come from the page's own custom properties instead, which also makes light and dark one thing.
restyle(
  DiscordMessages,
  css`
  :host { background: none; border: 0; color: var(--text); font-family: inherit; line-height: 1.375; }
`,
);
restyle(
  DiscordMessage,
  css`
  :host { color: var(--text); font-family: inherit; font-size: 1rem; padding-right: 1rem; }
  :host(:hover) { background-color: var(--hover); }
  :host([highlight]),
    :host([highlight]:hover) {
      padding-right: 1rem; background-color: var(--ping); }
  :host([highlight])::before { background-color: var(--ping-edge); }
  :host([ephemeral]), :host([ephemeral]:hover) {
      padding-right: 1rem; background-color: var(--private); }
  .discord-message-ephemeral { display: none; }
  .discord-message-timestamp, .discord-message-edited { color: var(--muted); font-size: 0.75rem; }
  .discord-message-timestamp { margin-left: 0.25rem; white-space: nowrap; }
  .discord-message-body-only-indent { flex: 0 0 56px; overflow: hidden; font-size: 0.65rem; margin: 0; align-self: start; line-height: 1.4rem; }
  .discord-message-inner-center { align-items: flex-start; }
  .discord-message-content { min-width: 0; line-height: 1.375; }
  .discord-author-avatar img { cursor: default; }
  .discord-message-markup { display: block; }
  .discord-message-body { overflow-wrap: anywhere; word-break: normal; }
  @media (max-width: 640px) {
    :host { padding-left: 0.75rem; padding-right: 0.75rem; }
    .discord-author-avatar { margin-right: 0.75rem; min-width: 32px; }
    .discord-author-avatar img { width: 32px; height: 32px; }
    .discord-message-body-only-indent { flex-basis: 44px; visibility: hidden; }
  }
`,
);
restyle(
  DiscordAuthorInfo,
  css`
  :host .discord-author-username, :host .discord-author-username:hover { color: var(--strong); cursor: default; text-decoration: none; }
`,
);
restyle(
  DiscordVerifiedAuthorTag,
  css`
  :host { background-color: var(--accent); font-weight: 600; }
`,
);
const replyStyles = css`
  :host { color: var(--muted); font-family: inherit; white-space: pre; min-width: 0; }
  :host::before { border-color: var(--line-strong) !important; }
  .discord-replied-message-avatar { flex: none; }
  .discord-replied-message-username { color: var(--text); opacity: 1; cursor: default; }
  .discord-replied-message-username:hover { text-decoration: none; }
  .discord-replied-message-content { min-width: 0; overflow: hidden; cursor: inherit; }
  .discord-replied-message-content:hover { color: var(--strong); }
  .discord-application-tag { background-color: var(--accent); flex: none; }
  :host .discord-slash-command-name, :host .discord-slash-command-name:hover {
    color: var(--link) !important; background: var(--mention); margin-left: 4px;
  }
  @media (max-width: 640px) { :host { margin-left: 44px; } :host::before { left: -28px; } }
`;
restyle(DiscordReply, replyStyles);
restyle(DiscordCommand, replyStyles);
restyle(
  DiscordEmbed,
  css`
  :host { color: var(--text); margin: 4px 0; font-size: 0.875rem; }
  .discord-left-border { background-color: var(--line-strong); }
  :host .discord-embed-wrapper { background-color: var(--raised); border-color: var(--line); max-width: 560px; }
  :host .discord-embed-wrapper .discord-embed-grid { padding: 0.5rem 1rem 0.9rem 0.75rem; min-width: 0; }
`,
);
restyle(DiscordEmbedDescription, css`:host { line-height: 1.375; overflow-wrap: anywhere; }`);
restyle(DiscordEmbedField, css`:host .discord-field-title { color: var(--strong); }`);
restyle(DiscordEmbedFooter, css`:host { color: var(--muted); }`);
restyle(
  DiscordMention,
  css`
  :host, :host(:hover) { color: var(--mention-text); background-color: var(--mention); cursor: default; }
`,
);
