import { createHash } from 'node:crypto';

/** A webhook's address in its parts. The token is a secret. */
export interface WebhookAddress {
  /** REST base such as `https://discord.com/api`. */
  readonly api: string;
  readonly id: string;
  readonly token: string;
  /** What stood behind the path, such as `thread_id`. */
  readonly query: URLSearchParams;
}

/** Reads `https://discord.com/api/webhooks/<id>/<token>`, with or without a version; null for anything else. */
export function webhookAddress(url: string): WebhookAddress | null {
  const { origin, pathname, searchParams } = new URL(url);
  const [, base = '', id, token] =
    /^(.*?)(?:\/v\d+)?\/webhooks\/(\d{1,20})\/([\w-]+)\/?$/.exec(pathname) ?? [];
  if (id === undefined || token === undefined) return null;
  return { api: `${origin}${base}`, id, token, query: new URLSearchParams(searchParams) };
}

/** A webhook's name in the outbox: another webhook is told anew of what is open. */
export function webhookDestination(url: string): string {
  return `webhook:${createHash('sha256').update(url).digest('hex').slice(0, 12)}`;
}
