import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  type Connections,
  watchConnections,
} from './access/connections.js';
import { type Access, senderOf } from './access/guard.js';
import { limitBody } from './body-deadline.js';
import { endSoon, refuseUnread, TOO_SLOW } from './malformed.js';
import type { Refusal } from './refusal-log.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address, told by the connection and by trusted proxies. */
    from: string;
    /** It was cut off, so whatever is said of it now reaches nobody. */
    cutOff: boolean;
  }
}

export interface ArrivalOptions {
  readonly access: Pick<Access, 'proxies'>;
  /** How long a head may take, and a body that is small, in ms. */
  readonly requestTimeoutMs: number;
  readonly connectionLimits?: ConnectionLimits;
  readonly onRefused: (refusal: Refusal) => void;
}

/** Where something outside the API was asked for, or it isn't known what was. */
export const OTHER = 'other';

/**
 * Watches everything that arrives, before anything is known of the sender: how many connections there are, who is at
 * their other end, and how long a body takes.
 */
export function watchArrivals(app: FastifyInstance, options: ArrivalOptions): Connections {
  const { access, requestTimeoutMs, connectionLimits = CONNECTION_LIMITS, onRefused } = options;
  const connections = watchConnections(app.server, {
    proxies: access.proxies,
    limits: connectionLimits,
    onEnded: (reason, from) => onRefused({ reason, path: OTHER, from }),
  });
  app.decorateRequest('from', '');
  app.decorateRequest('cutOff', false);
  app.addHook('onRequest', (request, reply, next) => {
    const { raw } = request;
    request.from = senderOf(access, raw);
    connections.arrived(raw.socket, request.from);
    limitBody(raw, {
      baseMs: requestTimeoutMs,
      mostBytes: request.routeOptions.bodyLimit ?? 0,
      onLate: () => {
        if (reply.raw.headersSent) {
          raw.socket.destroy();
          return;
        }
        request.cutOff = true;
        refuseUnread(raw.socket, TOO_SLOW);
        onRefused({ reason: TOO_SLOW.reason, path: pathOf(request), from: request.from });
      },
    });
    reply.raw.once('close', () => {
      connections.answered(raw.socket);
      // Answered before its body came: there is no reason to wait for that as long as for one that is wanted.
      if (!raw.complete) endSoon(raw.socket, () => !raw.complete);
    });
    next();
  });
  app.addHook('onClose', async () => connections.close());
  return connections;
}

/** The path as the API describes it, so that clients can't invent values of labels. */
export function pathOf({ routeOptions }: FastifyRequest): string {
  return routeOptions?.url?.replaceAll(/:(\w+)/g, '{$1}') ?? OTHER;
}
