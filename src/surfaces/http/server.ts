import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Access, letIn, type Visitor } from './access/guard.js';
import type { ApiDeps } from './api/deps.js';
import { checked } from './api/input.js';
import type { Operation } from './api/operation.js';
import { acceptBytes, acceptJson, BODY_LIMIT, RAW_BODY_LIMIT } from './body.js';
import { problemFor } from './errors.js';
import { refuseMalformed } from './malformed.js';
import { PROBLEM_TYPE, type Problem, problemDocument } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who was let in; null until then. */
    visitor: Visitor | null;
  }
}

export interface ServerOptions extends Pick<ApiDeps, 'log' | 'redactedJson'> {
  readonly operations: readonly Operation[];
  readonly access: Access;
  /** How long a client may take to send its request, in ms. */
  readonly requestTimeoutMs: number;
}

const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_CONNECTIONS = 1000;
const NO_BYTES = Buffer.alloc(0);
const JSON_TYPE = 'application/json; charset=utf-8';

/** Zod checks what comes in; without these Fastify loads Ajv and a serializer at every start, for nothing. */
const NO_COMPILERS = { buildValidator: unused, buildSerializer: unused };

function unused(): never {
  throw new Error('A route was given a schema for Fastify.');
}

/** The HTTP server with its limits; each operation is a route behind the guard. */
export function createHttpServer(options: ServerOptions): FastifyInstance {
  const { operations, log, requestTimeoutMs } = options;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The core refuses new runs by itself while it stops, in a problem document.
    return503OnClosing: false,
    forceCloseConnections: true,
    schemaController: { compilersFactory: NO_COMPILERS },
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => {
      void sendProblem(reply, problemFor(error, log, request.url));
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  acceptJson(app);
  app.setErrorHandler((error: Parameters<typeof problemFor>[0], request, reply) =>
    sendProblem(reply, problemFor(error, log, request.url)),
  );
  // Before the body is read: what nobody serves needs no parsing.
  app.addHook('onRequest', (request, reply, next) => {
    if (request.is404) void sendProblem(reply, notServed(operations, request));
    else next();
  });
  app.decorateRequest('visitor', null);
  for (const operation of operations.filter(({ rawBody }) => !rawBody)) addRoute(app, operation, options);
  app.register(async (raw) => {
    acceptBytes(raw);
    for (const operation of operations.filter(({ rawBody }) => rawBody)) addRoute(raw, operation, options);
  });
  return app;
}

function addRoute(app: FastifyInstance, operation: Operation, { access, redactedJson }: ServerOptions): void {
  const { method, path, params, query, body, rawBody } = operation;
  app.route({
    method,
    ...(rawBody ? { bodyLimit: RAW_BODY_LIMIT } : {}),
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    exposeHeadRoute: method === 'GET' && !path.endsWith('/events'),
    onRequest: async (request) => {
      const { headers, socket } = request;
      request.visitor = await letIn(access, { operation, peer: socket.remoteAddress, headers });
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
