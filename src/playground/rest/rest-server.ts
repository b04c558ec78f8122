import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, refusal } from '../wire/api-error.js';
import { objectOf } from '../wire/json.js';
import type { World } from '../world/world.js';
import { type RequestBody, readBody } from './body.js';
import type { Fault, Faults } from './faults.js';
import { type Counter, type Headers, retryHeaders, tooMany } from './rate-limits.js';
import type { LoggedRequest, RequestValidator, Violation } from './request-log.js';
import type { Answer, Match } from './router.js';

/** What the REST side works with. */
export interface RestParts {
  readonly world: World;
  readonly find: (method: string, path: string) => Match | null;
  readonly count: Counter;
  readonly faults: Faults;
  readonly validateRequest: RequestValidator | null;
  readonly requests: LoggedRequest[];
  /** How many of the last ones are kept. */
  readonly keepRequests: number;
  readonly violations: Violation[];
  /** Milliseconds added to every request. */
  readonly latency: { ms: number };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
}

type Reply = Answer & { readonly headers?: Headers };

/** Serves `/api/v10`: reads, checks, limits, answers and logs one request after the other. */
export function createRestServer(parts: RestParts) {
  const { world, faults, latency, requests, keepRequests } = parts;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = world.clock.now();
    const url = urlOf(request);
    const version = /^\/api(?:\/v(\d+))?(\/.*)$/.exec(url.pathname);
    const asked: Asked = {
      method: request.method ?? 'GET',
      // Some clients write `@original` and `@me` encoded.
      path: (version?.[2] ?? url.pathname).replaceAll('%40', '@'),
      query: url.searchParams,
      authorization: request.headers.authorization ?? '',
    };
    let body: RequestBody = { json: undefined, uploads: [] };
    const fault = faults.take(asked.method, asked.path);
    const waitMs = latency.ms + (fault?.delayMs ?? 0);
    // A timer of 0 ms would still take one.
    if (waitMs > 0) await sleep(waitMs);
    const reply = await attempt(async () => {
      body = await readBody(request);
      // A plain webhook's address carries no version.
      if (version?.[1] !== '10' && !asked.path.startsWith('/webhooks/')) throw refusal('invalidApiVersion');
      if (fault && !fault.afterEffect) throwFault(fault);
      return serve(parts, asked, body);
    });
    const final = fault?.afterEffect ? await attempt(async () => throwFault(fault) ?? reply) : reply;
    const answered = fault?.answer !== 'disconnect';
    requests.push({
      at,
      ms: world.clock.now() - at,
      method: asked.method,
      path: asked.path,
      query: Object.fromEntries(asked.query),
      body: body.json,
      files: body.uploads.map(({ filename, data }) => ({ filename, size: data.length })),
      status: answered ? final.status : null,
      code: final.status >= 400 ? Number(objectOf(final.body).code ?? 0) : null,
    });
    if (requests.length > keepRequests) requests.shift();
    if (answered) send(response, final, world.clock.now());
    else request.socket.destroy();
    world.emit({ type: 'request' });
  };
}

/** The address that was asked for. Only paths are served, so whatever else is asked for is the root. */
export function urlOf({ url = '/' }: IncomingMessage): URL {
  return new URL(`http://localhost${url.startsWith('/') ? url : '/'}`);
}

function throwFault({ answer, retryAfterMs = 500, global = false }: Fault): null {
  if (answer === 429) throw tooMany(retryAfterMs, global);
  if (typeof answer === 'number') throw new ApiError(answer, 0, `${answer}: on purpose`);
  return null;
}

/** Turns refusals into answers. What is not a refusal is a defect of the double, and shows as status 500. */
async function attempt(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiError)) {
      return { status: 500, body: { message: `local Discord: ${String(error)}`, code: 0 } };
    }
    const { retry_after: seconds, global } = error.extra;
    const headers =
      typeof seconds === 'number' ? retryHeaders(seconds * 1000, global === true ? 'global' : 'user') : {};
    return { status: error.status, body: error.body(), headers };
  }
}

async function serve(parts: RestParts, asked: Asked, { json, uploads }: RequestBody): Promise<Reply> {
  const { world, find, count, validateRequest, violations } = parts;
  const { method, path, query } = asked;
  const match = find(method, path);
  if (!match) {
    violations.push({ method, path, problems: ['the local Discord has no such route'] });
    throw refusal('notFound');
  }
  if (match.route.auth && asked.authorization !== `Bot ${world.config.token}`) throw refusal('unauthorized');

  const { headers, refused } = count(match);
  if (refused) {
    return { status: 429, body: tooMany(refused.afterMs, refused.global).body(), headers };
  }
  const problems = validateRequest?.({ method, path, query: Object.fromEntries(query), body: json }) ?? [];
  if (problems.length > 0) {
    violations.push({ method, path, problems });
    const errors = { _errors: problems.map((message) => ({ code: 'OPENAPI_VIOLATION', message })) };
    return { status: 400, body: new ApiError(400, 50035, 'Invalid Form Body', { errors }).body(), headers };
  }
  const answer = await attempt(async () =>
    match.route.handle({
      world,
      param: (name) => match.params[name] ?? '',
      query,
      body: objectOf(json),
      rawBody: json,
      uploads,
    }),
  );
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function send(response: ServerResponse, { status, body, headers }: Reply, now: number): void {
  response.setHeader('Date', new Date(now).toUTCString());
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.statusCode = status;
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
