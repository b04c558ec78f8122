import { ok, type Route } from './router.js';

/** Tells bots where the gateway is. The session budget never runs out here. */
export function gatewayRoutes(url: () => string): readonly Route[] {
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
          session_start_limit: { total: 1000, remaining: 1000, reset_after: 86_400_000, max_concurrency: 1 },
        }),
    },
  ];
}
