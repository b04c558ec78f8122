import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Networks, peerOf } from './address.js';
import { rateKey } from './rate-limit.js';

/** Connections that one address can keep without a valid key. */
const MOST_OF_ONE = 64;
/** The same for all addresses together. */
const MOST_OF_ALL = 512;
/** At this many a newcomer takes the place of another one at once. */
const CEILING = 2048;
/** Connections of clients with a valid key whose request is being answered. */
const MOST_KNOWN = 1000;
/** What is too many stays this long at least, in ms: who reconnects at once would cost more than who waits. */
const LEAST_AGE_MS = 1000;
/** No request takes a stranger longer than this, in ms; a connection without progress for that long is ended. */
const MOST_AGE_MS = 20_000;
const SWEEP_MS = 100;
/** Connections that one look ends at most: many at once would keep everybody else waiting, and come back at once. */
const MOST_PER_SWEEP = 20;

/** Limits for tests to make smaller. */
export interface ConnectionLimits {
  readonly mostOfOne: number;
  readonly mostOfAll: number;
  readonly ceiling: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  mostOfOne: MOST_OF_ONE,
  mostOfAll: MOST_OF_ALL,
  ceiling: CEILING,
};

/**
 * The open connections, by who is at their other end. Everybody is a stranger until a valid key was shown, and again
 * when that request is answered. Newcomers always get in, so a probe is answered whatever strangers do: where there are
 * too many, those are ended that made no progress for the longest time.
 */
export interface Connections {
  /** A request's head has arrived from this client, perhaps through a proxy. */
  arrived(socket: Socket, client: string): void;
  /** The request on it has a valid key: the connection isn't ended until {@link Connections.answered}. */
  known(socket: Socket): void;
  answered(socket: Socket): void;
  close(): void;
}

interface Stranger {
  /** Address or network that it counts for; null for a proxy whose client isn't known yet. */
  readonly client: string | null;
  /** When it last made progress, in ms. */
  readonly since: number;
}

interface Options {
  readonly proxies: Networks;
  readonly limits: ConnectionLimits;
  /** Told of each connection that is ended because there are too many, or because it made no progress. */
  readonly onEnded: (reason: 'too_many_connections' | 'no_progress', from: string) => void;
}

/** Watches the connections of a server. */
export function watchConnections(server: Server, { proxies, limits, onEnded }: Options): Connections {
  // In the order of their last progress: the first has waited for the longest time.
  const strangers = new Map<Socket, Stranger>();
  const byClient = new Map<string, Set<Socket>>();
  const known = new Set<Socket>();
  /** Whom a connection counts for while no request on it says better. */
  const clientOf = (socket: Socket): string | null => {
    const peer = peerOf(socket);
    return proxies.has(peer) ? null : rateKey(peer);
  };
  let timer: NodeJS.Timeout | null = null;

  const forget = (socket: Socket): void => {
    const stranger = strangers.get(socket);
    if (!stranger) return;
    strangers.delete(socket);
    if (stranger.client === null) return;
    const others = byClient.get(stranger.client);
    others?.delete(socket);
    if (others?.size === 0) byClient.delete(stranger.client);
  };
  const add = (socket: Socket, client: string | null): void => {
    forget(socket);
    if (socket.destroyed) return;
    strangers.set(socket, { client, since: performance.now() });
    timer ??= setInterval(sweep, SWEEP_MS).unref();
    if (client === null) return;
    const others = byClient.get(client) ?? new Set();
    byClient.set(client, others.add(socket));
  };
  const end = (socket: Socket, reason: Parameters<Options['onEnded']>[0]): void => {
    onEnded(reason, strangers.get(socket)?.client ?? 'unknown');
    forget(socket);
    socket.destroy();
  };
  const sweep = (): void => {
    const now = performance.now();
    let ended = 0;
    /** Ends the first `over` of them, those alone that are old enough. */
    const cut = (sockets: Iterable<Socket>, over: number): void => {
      let left = over;
      for (const socket of sockets) {
        if (left <= 0 || ended >= MOST_PER_SWEEP) return;
        if ((strangers.get(socket)?.since ?? now) > now - LEAST_AGE_MS) return;
        left -= 1;
        ended += 1;
        end(socket, 'too_many_connections');
      }
    };
    for (const [socket, { since }] of strangers) {
      if (since > now - MOST_AGE_MS) break;
      end(socket, 'no_progress');
    }
    // What one address has too much of goes as soon as it is old enough: nobody else makes room for it.
    let within = strangers.size;
    for (const sockets of byClient.values()) {
      const over = sockets.size - limits.mostOfOne;
      within -= Math.max(0, over);
      cut(sockets, over);
    }
    cut(strangers.keys(), within - limits.mostOfAll);
    if (strangers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  const makeRoom = (client: string | null): void => {
    if (strangers.size < limits.ceiling) return;
    // Whoever fills the place gives it up first, be it the newcomer's own address.
    const own = client === null ? undefined : byClient.get(client);
    const most = own && own.size >= limits.mostOfOne ? own : largest(byClient.values());
    const [first] = most && most.size >= limits.mostOfOne ? most : strangers.keys();
    if (first) end(first, 'too_many_connections');
  };

  server.prependListener('connection', (socket) => {
    const client = clientOf(socket);
    makeRoom(client);
    add(socket, client);
    socket.once('close', () => {
      forget(socket);
      known.delete(socket);
    });
  });
  return {
    arrived: (socket, client) => {
      if (!known.has(socket)) add(socket, rateKey(client));
    },
    known: (socket) => {
      if (known.size >= MOST_KNOWN || socket.destroyed) return;
      forget(socket);
      known.add(socket);
    },
    answered: (socket) => {
      const client = clientOf(socket);
      // A stranger's own connection made its progress when the request arrived.
      if (known.delete(socket) || (client === null && strangers.has(socket))) add(socket, client);
    },
    close: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}

function largest(all: Iterable<ReadonlySet<Socket>>): ReadonlySet<Socket> | null {
  let found: ReadonlySet<Socket> | null = null;
  for (const sockets of all) if (found === null || sockets.size > found.size) found = sockets;
  return found;
}
