import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { peerOf } from './access/address.js';
import type { Connections } from './access/connections.js';
import { type Access, letIn, type Visitor } from './access/guard.js';
import type { ApiDeps } from './api/deps.js';
import { checked } from './api/input.js';
import type { Operation } from './api/operation.js';
import { type ArrivalOptions, OTHER, pathOf, watchArrivals } from './arrivals.js';
import { acceptBytes, acceptJson, BODY_LIMIT, RAW_BODY_LIMIT } from './body.js';
import { problemFor } from './errors.js';
import { refuseUnread, unreadOf } from './malformed.js';
import { PROBLEM_TYPE, type Problem, problemDocument } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who was let in; null until then. */
    visitor: Visitor | null;
  }
}

export interface ServerOptions extends Pick<ApiDeps, 'log' | 'redactedJson'>, Omit<ArrivalOptions, 'access'> {
  readonly operations: readonly Operation[];
  readonly access: Access;
}

/** What a route needs besides its operation. */
interface RouteOptions extends ServerOptions {
  readonly connections: Connections;
}

/** A whole request has so many times as long as its head, where its body isn't cut off before. */
const WHOLE_REQUEST = 10;
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 8 * 1024;
/** How often the server looks for heads that are late, in ms. */
const CHECK_MS = 250;
const NO_BYTES = Buffer.alloc(0);
const JSON_TYPE = 'application/json; charset=utf-8';

/** Zod checks what comes in; without these Fastify loads Ajv and a serializer at every start, for nothing. */
const NO_COMPILERS = { buildValidator: unused, buildSerializer: unused };

function unused(): never {
  throw new Error('A route was given a schema for Fastify.');
}

/** The HTTP server with its limits; each operation is a route behind the guard. */
export function createHttpServer(options: ServerOptions): FastifyInstance {
  const { operations, log, requestTimeoutMs, onRefused } = options;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    // Nothing but a head is cut off by the server itself; it takes the shorter of its two times for that.
    requestTimeout: requestTimeoutMs * WHOLE_REQUEST,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The core refuses new runs by itself while it stops, in a problem document.
    return503OnClosing: false,
    forceCloseConnections: true,
    schemaController: { compilersFactory: NO_COMPILERS },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, requestTimeoutMs),
    },
    clientErrorHandler: (error, socket) => {
      const unread = unreadOf(error, socket);
      if (unread === null) {
        socket.destroy();
        return;
      }
      onRefused({ reason: unread.reason, path: OTHER, from: peerOf(socket) });
      refuseUnread(socket, unread);
    },
    frameworkErrors: (error, request, reply) => {
      void refuse(request, reply, problemFor(error, log, request.url));
    },
  });
  const refuse = (request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply => {
    // Nobody reads it any more; an answer would only cost time.
    if (request.raw.socket.destroyed) return reply.hijack();
    const { status, code } = problem;
    const reason = status === 413 ? 'too_large' : code;
    if (status < 500 && !request.cutOff) onRefused({ reason, path: pathOf(request), from: request.from });
    return sendProblem(reply, problem);
  };
  acceptJson(app);
  app.setErrorHandler((error: Parameters<typeof problemFor>[0], request, reply) =>
    refuse(request, reply, problemFor(error, log, request.url)),
  );
  const connections = watchArrivals(app, options);
  // Before the body is read: what nobody serves needs no parsing.
  app.addHook('onRequest', (request, reply, next) => {
    if (request.is404) void refuse(request, reply, notServed(operations, request));
    else next();
  });
  app.decorateRequest('visitor', null);
  const routes = { ...options, connections };
  for (const operation of operations.filter(({ rawBody }) => !rawBody)) addRoute(app, operation, routes);
  app.register(async (raw) => {
    acceptBytes(raw);
    for (const operation of operations.filter(({ rawBody }) => rawBody)) addRoute(raw, operation, routes);
  });
  return app;
}

function addRoute(
  app: FastifyInstance,
  operation: Operation,
  { access, redactedJson, connections }: RouteOptions,
): void {
  const { method, path, params, query, body, rawBody } = operation;
  app.route({
    method,
    ...(rawBody ? { bodyLimit: RAW_BODY_LIMIT } : {}),
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    exposeHeadRoute: method === 'GET' && !path.endsWith('/events'),
    onRequest: async (request) => {
      const { headers, from, raw } = request;
      request.visitor = await letIn(access, { operation, from, headers });
      if (request.visitor.hasKey) connections.known(raw.socket);
    },
    handler: async (request, reply) => {
      const { visitor } = request;
      if (!visitor) throw new Error(`${path} was reached past its guard`);
      const answer = await operation.handle({
        ...visitor,
        params: params ? checked(params, 'path', request.params) : undefined,
        query: query ? checked(query, 'query', request.query) : undefined,
        body: body && !rawBody ? checked(body, 'body', request.body) : undefined,
        raw: Buffer.isBuffer(request.body) ? request.body : NO_BYTES,
        headers: request.headers as Readonly<Record<string, string | undefined>>,
      });
      if ('stream' in answer) {
        reply.hijack();
        answer.stream(reply.raw);
        return reply;
      }
      const { status, body: content, type, headers = {} } = answer;
      return send(reply.headers(headers), status, ...encoded(content, type, redactedJson));
    },
  });
}

function encoded(
  content: unknown,
  type: string | undefined,
  redactedJson: ApiDeps['redactedJson'],
): [string, string] {
  return typeof content === 'string'
    ? [type ?? 'text/plain; charset=utf-8', content]
    : [JSON_TYPE, content === null ? '' : `${redactedJson(content)}\n`];
}

function send(reply: FastifyReply, status: number, type: string, content: string | Buffer): FastifyReply {
  const fixed = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': type };
  return reply.code(status).headers(fixed).send(content);
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const text = `${JSON.stringify(problemDocument(problem))}\n`;
  // As bytes: to a text's type Fastify would add a charset, which this one has not.
  return send(reply.headers({ ...problem.headers }), problem.status, PROBLEM_TYPE, Buffer.from(text));
}

/** Nothing is here, or it answers other methods. */
function notServed(operations: readonly Operation[], { url, method }: FastifyRequest): Problem {
  const [path = ''] = url.split('?');
  const here = operations.filter((one) => patternOf(one.path).test(path));
  if (here.length === 0) {
    return { status: 404, code: 'path_unknown', detail: 'Nothing is served at this path.' };
  }
  const methods = here.map((one) => one.method);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  const detail = `${here[0]?.path} does not answer ${method}.`;
  return { status: 405, code: 'method_not_allowed', detail, remedy: `Use ${allow}.`, headers: { allow } };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
