import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The page's own header; other origins can't send it without asking first. */
export const KEY_HEADER = 'x-playground-key';
/** The subprotocol that the page asks for, beside `key.<key>`, when it opens its WebSocket. */
export const PROTOCOL = 'chatops-playground';

/** A turned-down request. `text` is for people who opened the wrong address. */
export interface Refusal {
  readonly status: 403 | 405;
  readonly text: string;
}

/** Decides who gets in. */
export interface Gate {
  /** Asked first, for every request and every upgrade: is it meant for us, and from our own page? */
  stranger(request: IncomingMessage): Refusal | null;
  /** The key, compared in constant time. */
  isKey(given: string | null): boolean;
  /** The key that an upgrade carries among its subprotocols. */
  upgradeKey(request: IncomingMessage): string | null;
  /** Does the request carry the cookie that the printed address was exchanged for? */
  hasCookie(request: IncomingMessage): boolean;
  /** `Set-Cookie`. */
  readonly cookie: string;
}

const WRONG_HOST = 'This address belongs to the playground on its own machine only.';
const WRONG_ORIGIN = 'Another page may not use the playground.';
const WRONG_METHOD = 'The playground answers GET only.';

/**
 * The playground runs commands as whoever opens it. So a request must name this very address (or a page could
 * reach it by rebinding its own name), come from our page or from nowhere, and know the random key.
 * The cookie is not the key: browsers send cookies to every port of a host, so it opens the page's files only.
 */
export function createGate(port: number, key: string): Gate {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const name = `playground_${port}`;
  const ticket = createHash('sha256').update(`page ${key}`).digest('base64url');

  function isSame(given: string | null, wanted: string): boolean {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return given !== null && timingSafeEqual(digest(given), digest(wanted));
  }

  return {
    cookie: `${name}=${ticket}; HttpOnly; SameSite=Strict; Path=/`,
    stranger({ method, headers, url }) {
      const { host = '', origin, upgrade } = headers;
      if (!hosts.includes(host)) return { status: 403, text: WRONG_HOST };
      if (origin !== undefined && origin !== `http://${host}`) return { status: 403, text: WRONG_ORIGIN };
      if (upgrade !== undefined && origin === undefined) return { status: 403, text: WRONG_ORIGIN };
      const site = headers['sec-fetch-site'];
      // A click on the printed address in a web terminal comes from another site; its key decides.
      const isClick = headers['sec-fetch-mode'] === 'navigate' && url?.startsWith('/?');
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isClick) {
        return { status: 403, text: WRONG_ORIGIN };
      }
      return method === 'GET' ? null : { status: 405, text: WRONG_METHOD };
    },
    isKey: (given) => isSame(given, key),
    upgradeKey({ headers }) {
      const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((entry) => entry.trim());
      return asked.find((entry) => entry.startsWith('key.'))?.slice('key.'.length) ?? null;
    },
    hasCookie({ headers }) {
      const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
      return isSame(pairs.find(([entry]) => entry === name)?.[1] ?? null, ticket);
    },
  };
}
