import { DiscordAPIError, REST, Routes } from 'discord.js';
import { askThrough, CircuitOpenError, type Circuits } from '../../../core/ports/circuit.js';
import type { DirectAlert } from '../../../core/ports/fault.js';
import type { Redact } from '../../../core/ports/redact.js';
import type { IncidentStore } from '../../../core/ports/store.js';
import type { Logger } from '../deps.js';
import { messageBody } from '../message.js';
import { faultMessage } from '../render/fault.js';
import type { Message } from '../render/fit.js';
import { webhookMessage } from '../render/incident-card.js';
import { cardView } from './card.js';
import { PASS_LIMIT, startLoop } from './loop.js';
import { type WebhookAddress, webhookAddress, webhookDestination } from './webhook-address.js';
import { isNews, type LastTold, lastTold } from './webhook-news.js';

const GAP_MS = 1000;
const POLL_MS = 3000;
/** Statuses with which Discord says that the address itself is wrong. */
const ADDRESS_REFUSED = [401, 403, 404];
const BAD_ADDRESS =
  'DISCORD_WEBHOOK_URL is no address of a Discord webhook. Copy it from the channel’s settings: Integrations › Webhooks.';
const REFUSED =
  'Discord refuses DISCORD_WEBHOOK_URL: the webhook was deleted or its token changed. Copy its address again.';

export interface WebhookAlertsOptions {
  /** The webhook's address: a secret. */
  readonly url: string;
  readonly incidents: IncidentStore;
  readonly redact: Redact;
  /** Without it Discord is asked each time. */
  readonly circuits?: Pick<Circuits, 'enter'>;
  readonly log: Logger;
  readonly now: () => Date;
  /** Times for tests, in ms. */
  readonly pace?: { readonly gapMs: number; readonly pollMs: number };
}

/** The alerts that go to a plain webhook, which needs neither the bot nor its token. */
export interface WebhookAlerts {
  readonly destination: string;
  /** Tells of a fault that the store can't take. Rejects when it could not be told. */
  readonly tellFault: DirectAlert;
  /** Why alerts can't be delivered now, with the way out; null when they can. */
  problem(): string | null;
  /** Resolves when what is under way has ended. */
  end(): Promise<void>;
}

/** Delivers what the store says is owed to the webhook, from now on. */
export function startWebhookAlerts(options: WebhookAlertsOptions): WebhookAlerts {
  const { incidents, log, now, pace } = options;
  const destination = webhookDestination(options.url);
  const address = webhookAddress(options.url);
  if (address === null) {
    log.error({}, BAD_ADDRESS);
    // Said once already, and no later try could succeed.
    return { destination, tellFault: async () => {}, problem: () => BAD_ADDRESS, end: async () => {} };
  }
  let problem: string | null = null;
  const post = poster(address);
  const { circuits } = options;
  const target = `webhook:${new URL(options.url).host}`;
  const guarded: Post = (body) =>
    circuits ? askThrough(circuits, target, () => post(body), silence) : post(body);
  const loop = startLoop({
    now,
    gapMs: pace?.gapMs ?? GAP_MS,
    pollMs: pace?.pollMs ?? POLL_MS,
    due: () => incidents.due(destination, PASS_LIMIT),
    work: async (id) => {
      await tell(options, destination, guarded, id);
      problem = null;
    },
    failed: (id, error, retryInMs) => {
      const refused = error instanceof DiscordAPIError && ADDRESS_REFUSED.includes(error.status);
      if (refused && problem === null) log.error({}, REFUSED);
      if (refused) problem = REFUSED;
      // Discord's errors hold the address with its token; the log masks it, and here it isn't even given.
      const why = error instanceof Error ? error.message : String(error);
      log.warn(
        { incident: id, why, retryInMs },
        'the webhook could not be told of an alert; it is tried again',
      );
    },
  });
  return {
    destination,
    tellFault: (fault) => post(plainBody(faultMessage(fault, null))),
    problem: () => problem,
    end: loop.end,
  };
}

type Post = (body: object) => Promise<void>;

function poster({ api, id, token, query }: WebhookAddress): Post {
  const rest = new REST({ api });
  query.set('wait', 'true');
  return async (body) => {
    await rest.post(Routes.webhook(id, token), { body, query, auth: false });
  };
}

/**
 * One message at most. A webhook can't be asked what it was told, so a message whose sending was cut off is sent
 * again, and says so: twice is better than never.
 */
async function tell(
  options: WebhookAlertsOptions,
  destination: string,
  post: Post,
  id: string,
): Promise<void> {
  const { incidents, now } = options;
  const incident = await incidents.get(id);
  if (incident === null) return;
  const delivery = await incidents.delivery(destination, id);
  const told = lastTold(delivery);
  const done = { told: incident.newest, shown: incident.newest, attempt: null };
  if (delivery.attempt === null && !isNews(incident, told, now())) {
    await incidents.record(destination, id, done);
    return;
  }
  const view = await cardView(options, incident, { cardId: null, threadId: null }, null);
  const body = plainBody(webhookMessage(view, delivery.attempt !== null));
  await incidents.record(destination, id, { attempt: { since: now().getTime() } });
  try {
    await post(body);
  } catch (error) {
    if (wasNotSent(error)) await incidents.record(destination, id, { attempt: null });
    throw error;
  }
  const last: LastTold = { count: incident.count, at: now().getTime() };
  await incidents.record(destination, id, { ...done, place: { ...last } });
}

/** Without buttons, which a webhook can't have. */
function plainBody(message: Message): object {
  const { flags, components, ...body } = messageBody(message, 'keep');
  return body;
}

/** Why Discord did not answer; null: it did. */
function silence(error: unknown): string | null {
  if (error instanceof DiscordAPIError && error.status < 500) return null;
  return error instanceof Error ? error.message : String(error);
}

/** Refused by Discord, or never connected. Of everything else nobody knows. */
function wasNotSent(error: unknown): boolean {
  if (error instanceof CircuitOpenError) return true;
  if (error instanceof DiscordAPIError) return error.status < 500;
  const text = error instanceof Error ? `${error.message} ${String(error.cause)}` : '';
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(text);
}
