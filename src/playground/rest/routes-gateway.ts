import { ok, type Route } from './router.js';

/**
 * Tells bots where the gateway is, and how many of a day's 1000 logins they have left; this number stays as
 * it is, so that the budget never runs out by itself.
 */
export function gatewayRoutes(url: () => string, sessionsLeft: number): readonly Route[] {
  return [
    { method: 'GET', path: '/gateway', auth: false, handle: () => ok({ url: url() }) },
    {
      method: 'GET',
      path: '/gateway/bot',
      auth: true,
      handle: () =>
        ok({
          url: url(),
          shards: 1,
          session_start_limit: {
            total: 1000,
            remaining: sessionsLeft,
            reset_after: 86_400_000,
            max_concurrency: 1,
          },
        }),
    },
  ];
}
