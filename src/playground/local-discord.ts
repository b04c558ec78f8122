import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Control, createControl } from './control.js';
import { INTENT } from './gateway/dispatch.js';
import { createGateway } from './gateway/gateway.js';
import { createFaults } from './rest/faults.js';
import { FILES_PATH, serveFile } from './rest/files.js';
import { createCounter, DEFAULT_RATE_LIMITS, type RateLimitOptions } from './rest/rate-limits.js';
import type { LoggedRequest, RequestValidator, Violation } from './rest/request-log.js';
import { createRestServer, urlOf } from './rest/rest-server.js';
import { createRouter } from './rest/router.js';
import { gatewayRoutes } from './rest/routes-gateway.js';
import { GUILD_ROUTES } from './rest/routes-guild.js';
import { MESSAGE_ROUTES } from './rest/routes-messages.js';
import { WEBHOOK_ROUTES } from './rest/routes-webhooks.js';
import { createWorld, DEFAULT_SEED, type Seed } from './world/seed.js';
import type { World, WorldConfig } from './world/world.js';

/** All times in milliseconds. */
export interface LocalDiscordOptions extends Partial<WorldConfig> {
  /** Default 0: any free port. */
  readonly port?: number;
  readonly seed?: Partial<Seed>;
  readonly rateLimits?: Partial<RateLimitOptions>;
  /** Privileged intents that the application may use. Default none. */
  readonly privilegedIntents?: readonly ('GUILD_MEMBERS' | 'GUILD_PRESENCES' | 'MESSAGE_CONTENT')[];
  readonly heartbeatMs?: number;
  /** Logins that the bot has left today, of 1000. Default all. */
  readonly sessionsLeft?: number;
  /** Checks every request of the bot; what it finds is answered with 400 and kept in `violations`. */
  readonly validateRequest?: RequestValidator;
  /** How many of the last requests `requests` keeps. Default: all. */
  readonly keepRequests?: number;
  /** The clock that messages, tokens and buckets go by. Default: the machine's. */
  readonly now?: () => number;
}

/** A running local Discord. */
export interface LocalDiscord extends Control {
  /** What discord.js takes as `rest.api`: `http://127.0.0.1:<port>/api`. */
  readonly apiUrl: string;
  readonly token: string;
  /** Everything that is there, for a page to show. */
  readonly world: World;
  /** Ends everything: connections, timers, waits. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts a local Discord on the loopback interface: REST API v10, gateway, one guild, and people to act as.
 * It keeps Discord's limits, error codes and deadlines, so that a bot that works here works there.
 */
export async function startLocalDiscord(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
  const config: WorldConfig = {
    token: options.token ?? `local.${randomBytes(24).toString('base64url')}`,
    firstAnswerMs: options.firstAnswerMs ?? 3000,
    interactionTokenMs: options.interactionTokenMs ?? 15 * 60_000,
    oldMessageEdits: options.oldMessageEdits ?? { limit: 3, windowMs: 20_000 },
  };
  const world = createWorld({ ...DEFAULT_SEED, ...options.seed }, config, options.now);
  const requests: LoggedRequest[] = [];
  const violations: Violation[] = [];
  const faults = createFaults();
  const latency = { ms: 0 };
  const gatewayUrl = { value: '' };
  // Discord's own addresses of files carry a signature; without one, ids could be guessed.
  const filesPath = `${FILES_PATH}/${randomBytes(18).toString('base64url')}`;

  const gateway = createGateway({
    world,
    url: () => gatewayUrl.value,
    heartbeatMs: options.heartbeatMs ?? 41_250,
    allowedIntents: (options.privilegedIntents ?? []).reduce((bits, name) => bits | INTENT[name], 0),
  });
  const rest = createRestServer({
    world,
    find: createRouter([
      ...gatewayRoutes(() => gatewayUrl.value, options.sessionsLeft ?? 1000),
      ...MESSAGE_ROUTES,
      ...WEBHOOK_ROUTES,
      ...GUILD_ROUTES,
    ]),
    count: createCounter({ ...DEFAULT_RATE_LIMITS, ...options.rateLimits }, world.clock),
    faults,
    validateRequest: options.validateRequest ?? null,
    requests,
    keepRequests: options.keepRequests ?? Number.POSITIVE_INFINITY,
    violations,
    latency,
  });

  const server = createServer((request, response) => {
    if (isFromPage(request)) response.writeHead(403).end();
    else if (request.url?.startsWith(`${filesPath}/`)) serveFile(world, request, response);
    else void rest(request, response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const url = urlOf(request);
    if (isFromPage(request) || !/^\/gateway\/?$/.test(url.pathname)) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => gateway.accept(ws, url.searchParams));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, HOST, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://${HOST}:${port}`;
  gatewayUrl.value = `ws://${HOST}:${port}/gateway`;
  world.filesUrl.value = `${origin}${filesPath}`;

  return {
    ...createControl({ world, gateway, faults, latency, requests, violations, origin }),
    apiUrl: `${origin}/api`,
    token: config.token,
    world,
    async close() {
      world.emit({ type: 'closed' });
      world.clock.stop();
      gateway.close();
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Bots send no Origin and name this very address; a page in a browser can't help doing one of the two. */
function isFromPage({ headers, socket }: IncomingMessage): boolean {
  const hosts = [`${HOST}:${socket.localPort}`, `localhost:${socket.localPort}`];
  return headers.origin !== undefined || !hosts.includes(headers.host ?? '');
}
