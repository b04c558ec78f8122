import { html, nothing, type TemplateResult } from 'lit';
import type { Trouble } from '../page-protocol/client-message.js';
import type { TraceEntry } from '../page-protocol/server-message.js';
import type { Actions } from './actions.js';
import type { State } from './state.js';

const NETWORKS: readonly (readonly [ms: number, label: string])[] = [
  [0, 'Normal network'],
  [800, 'Slow: +0.8 s'],
  [4000, 'Too slow: +4 s'],
];

const TROUBLES: readonly (readonly [kind: Trouble, label: string, what: string])[] = [
  ['too_many_requests', '429 × 3', 'The next three messages or edits are refused: too many requests.'],
  ['server_errors', '500 × 3', 'The next three messages or edits fail on Discord’s side.'],
  ['gateway_drop', 'Drop gateway', 'The connection breaks without a word; the bot has to come back.'],
  ['dead_tokens', 'Kill tokens', 'The tokens of all interactions so far die now, not after 15 minutes.'],
];

/** What the bot and Discord said to each other since the last deed, and what can go wrong. */
export function devBarView(state: State, actions: Actions): TemplateResult {
  if (!state.devBarOpen) return html``;
  const begin = state.trace[0]?.at ?? 0;
  return html`<section class="dev-bar" id="dev-bar" aria-label="Developer bar">
    <div class="dev-tools">
      <label class="visually-hidden" for="network">Network</label>
      <select id="network" class="select small" @change=${(event: Event) => actions.setLatency(Number((event.target as HTMLSelectElement).value))}>
        ${NETWORKS.map(([ms, label]) => html`<option value=${ms} ?selected=${state.welcome?.latencyMs === ms}>${label}</option>`)}
      </select>
      ${TROUBLES.map(
        ([kind, label, what]) =>
          html`<button type="button" class="button secondary small" title=${what} @click=${() => actions.makeTrouble(kind)}>${label}</button>`,
      )}
      <span class="first-answer">${state.firstAnswerMs === null ? nothing : html`First answer <strong>${state.firstAnswerMs} ms</strong>`}</span>
    </div>
    <div class="trace" tabindex="0" role="region" aria-label="Since the last interaction">
      ${
        state.trace.length === 0
          ? html`<p class="picker-empty">What the bot and Discord say to each other shows here.</p>`
          : html`<table>
            <thead class="visually-hidden"><tr><th scope="col">After</th><th scope="col">What</th><th scope="col">Status</th><th scope="col">Took</th></tr></thead>
            <tbody>${state.trace.map((entry) => lineView(entry, begin))}</tbody>
          </table>`
      }
    </div>
  </section>`;
}

function lineView({ kind, at, title, status, ms }: TraceEntry, begin: number): TemplateResult {
  const bad = kind === 'rest' && (status === null || status >= 400);
  return html`<tr class=${bad ? 'bad' : ''}>
    <td class="num">+${Math.max(0, at - begin)} ms</td>
    <td class="what"><span class="tag ${kind}">${kind === 'rest' ? 'REST' : 'EVENT'}</span>${title}</td>
    <td class="num">${kind === 'rest' ? (status ?? 'no answer') : nothing}</td>
    <td class="num">${ms === null ? nothing : `${ms} ms`}</td>
  </tr>`;
}
