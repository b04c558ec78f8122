import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { LocalDiscord } from '../local-discord.js';
import type { ServerMessage } from '../page-protocol/server-message.js';
import { urlOf } from '../rest/rest-server.js';
import { pageDir } from './assets.js';
import { type Shared, serveConnection } from './connection.js';
import { createGate, PROTOCOL } from './gate.js';
import { createPageHandler } from './http.js';

/** The page that comes with a local Discord. */
export interface PageServer {
  readonly port: number;
  /** With the key: whoever knows it can act as every member. */
  readonly url: string;
  close(): Promise<void>;
}

export interface PageServerOptions {
  readonly discord: LocalDiscord;
  /** The package's folder: the built page and the docs lie in it. */
  readonly root: URL;
  /** 0: any free port. */
  readonly port: number;
  /** Take any free port when this one is taken. */
  readonly orAnother?: boolean;
  /** Default: random. */
  readonly key?: string;
}

const HOST = '127.0.0.1';
/** Bytes of one message of the page. */
const MAX_PAYLOAD = 64 * 1024;
/** A build writes several files; the page reloads once. In ms. */
const SETTLE = 150;

/**
 * Serves the page on the loopback interface.
 * @throws {Error} with `code` EADDRINUSE when the port is taken and no other will do
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { discord, key = randomBytes(24).toString('base64url') } = options;
  const server = createServer();
  await listen(server, options.port, options.orAnother === true);
  const { port } = server.address() as AddressInfo;
  const gate = createGate(port, key);
  const handle = createPageHandler(discord, gate, options.root);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD,
    handleProtocols: () => PROTOCOL,
  });
  const tellAll = (message: ServerMessage) => {
    for (const socket of sockets.clients) socket.send(JSON.stringify(message));
  };
  const shared: Shared = {
    discord,
    start: randomBytes(6).toString('base64url'),
    dismissed: new Set(),
    latency: { ms: 0 },
    tellAll,
  };

  server.on('request', (request, response) => void handle(request, response));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = gate.stranger(request) ?? !gate.isKey(gate.upgradeKey(request));
    if (refused || urlOf(request).pathname !== '/socket') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => serveConnection(ws, shared));
  });
  const unwatch = onPageChange(pageDir(options.root), () => tellAll({ type: 'reload' }));

  return {
    port,
    url: `http://${HOST}:${port}/?key=${key}`,
    async close() {
      unwatch();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number, orAnother: boolean): Promise<void> {
  const attempt = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, HOST, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!orAnother || code !== 'EADDRINUSE') throw error;
    await attempt(0);
  }
}

/** Calls back once the page was built anew. Returns how to stop. */
function onPageChange(dir: string, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(dir, { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(callback, SETTLE);
    });
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    // Not built: what the page shows instead says so.
    return () => undefined;
  }
}
