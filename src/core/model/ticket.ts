import type { BoundIntent } from './bound-intent.js';
import type { GraphStep } from './graph.js';
import type { Intent } from './intent.js';
import type { Notice } from './reasons.js';
import type { RunRequest } from './request.js';

/** An admitted request: intent found, parameters bound, actor allowed; nothing probed yet. */
export interface Ticket {
  readonly request: RunRequest;
  readonly intent: Intent;
  /** The intents whose steps run, dependencies first, the intent itself last. */
  readonly chain: readonly Intent[];
  /** Of an intent with `action: steps`: what runs, each after those it needs. Missing in others. */
  readonly nodes?: readonly TicketNode[];
}

/** One node of a graph, with the values of its own bound. */
export interface TicketNode extends Omit<GraphStep, 'work'> {
  /** What it does, in order; empty when it is skipped. */
  readonly work: readonly TicketWork[];
  /** It ran a moment ago in the same call, as part of this run. */
  readonly doneIn?: string;
  /** The condition can't hold with these parameters. */
  readonly skipped?: true;
}

export interface TicketWork extends BoundIntent {
  /** Which of the intent's own steps. */
  readonly steps: readonly number[];
}

export type Admission = { readonly ok: true; readonly ticket: Ticket } | Refusal;

/** A request or a press that was turned down. */
export interface Refusal {
  readonly ok: false;
  readonly notice: Notice;
}
