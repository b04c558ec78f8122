import type { Control } from '../control.js';
import type { Trouble } from '../page-protocol/client-message.js';

/** What goes wrong in real life, at the press of a switch. */
export const TROUBLES: Readonly<Record<Trouble, (discord: Control) => void>> = {
  too_many_requests: (discord) =>
    discord.inject({ path: /^\/(channels|webhooks)\//, answer: 429, times: 3, retryAfterMs: 1500 }),
  server_errors: (discord) => discord.inject({ path: /^\/(channels|webhooks)\//, answer: 500, times: 3 }),
  gateway_drop: (discord) => discord.dropGateway({ code: 0 }),
  dead_tokens: (discord) => discord.expireInteractionTokens(),
};
