import type { Intent } from './intent/intent.js';
import type { Notice } from './reasons.js';
import type { RunRequest } from './request.js';

/** An admitted request: intent found, parameters bound, actor allowed; nothing probed yet. */
export interface Ticket {
  readonly request: RunRequest;
  readonly intent: Intent;
  /** The intents whose steps run, dependencies first, the intent itself last. */
  readonly chain: readonly Intent[];
}

export type Admission = { readonly ok: true; readonly ticket: Ticket } | Refusal;

/** A request or a press that was turned down. */
export interface Refusal {
  readonly ok: false;
  readonly notice: Notice;
}
