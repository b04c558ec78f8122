import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Arg } from '../core/model/plan.js';
import {
  type HttpClient,
  HttpClientError,
  type HttpFault,
  type HttpRequest,
  type HttpResponse,
} from '../core/ports/http-client.js';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** Questions to one service at once; more wait for their turn. */
const MAX_SOCKETS = 16;

export interface HttpClientSettings {
  /** Certificates in PEM that take the place of the system's, read with the first request; null: the system's. */
  readonly ca: string | null | (() => Promise<string>);
  /** Throws when the secret is not set. */
  readonly resolveSecret: (name: string) => string;
  /** Milliseconds for a request that brings no time of its own; 30 s by default. */
  readonly timeoutMs?: number;
  /** Bytes of the longest answer that is taken; 16 MiB by default. */
  readonly maxBytes?: number;
}

/** What Node's TLS says of certificates that it doesn't trust (X509_V_ERR_*, and the name check). */
const UNTRUSTED =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH/;

/** Connections that questions share: a TLS handshake costs more than the question. */
interface Agents {
  readonly plain: PlainAgent;
  readonly tls: TlsAgent;
}

/** A client over node:http and node:https; see {@link HttpClient}. */
export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const shared = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const agents = { plain: new PlainAgent(shared), tls: new TlsAgent(shared) };
  let ca = typeof settings.ca === 'function' ? null : settings.ca;
  return {
    request: async (request) => {
      if (typeof settings.ca === 'function') ca ??= await settings.ca();
      const own = { ...settings, ca };
      // What changes something gets a connection of its own: one that the other side has just closed would leave
      // open whether it was carried out.
      if (request.method !== 'GET') return send(request, own, null);
      try {
        return await send(request, own, agents);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
        return send(request, own, null);
      }
    },
  };
}

/** The other side had closed a kept connection; the question never reached it, or may be asked again. */
class StaleConnection extends Error {}

function send(
  request: HttpRequest,
  settings: HttpClientSettings & { readonly ca: string | null },
  agents: Agents | null,
): Promise<HttpResponse> {
  const { timeoutMs = settings.timeoutMs ?? TIMEOUT_MS, signal } = request;
  const url = new URL(request.url);
  const secure = url.protocol === 'https:';
  const headers = resolveHeaders(request, settings.resolveSecret);
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const tls = settings.ca === null ? {} : { ca: settings.ca };
  return new Promise((resolve, reject) => {
    let sent = false;
    const fail = (error: Error): void =>
      reject(asFault(error, { signal, timeout, timeoutMs, sent, host: url.host }));
    const options = { method: request.method, headers, signal: either };
    const outgoing = secure
      ? tlsRequest(url, { ...options, agent: agents?.tls ?? false, ...tls, rejectUnauthorized: true })
      : plainRequest(url, { ...options, agent: agents?.plain ?? false });
    outgoing.once('socket', (socket: Socket) => {
      sent = outgoing.reusedSocket;
      // A kept connection has been made already, and a listener for each question would stay on it.
      if (sent) return;
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        sent = true;
      });
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.reusedSocket && error.code === 'ECONNRESET') reject(new StaleConnection());
      else fail(error);
    });
    outgoing.once('response', (response) => {
      read(response, settings.maxBytes ?? MAX_BYTES).then(resolve, fail);
    });
    outgoing.end(request.body);
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop by throwing destroys the response, and with it the connection.
    if (size > maxBytes)
      throw new HttpClientError('too_large', `The answer is larger than ${maxBytes} bytes.`, true);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function resolveHeaders(
  { headers = {}, body }: HttpRequest,
  resolveSecret: HttpClientSettings['resolveSecret'],
): Record<string, string> {
  const reveal = (arg: Arg): string => (typeof arg === 'string' ? arg : resolveSecret(arg.secret));
  const resolved = Object.entries(headers).map(([name, value]) => {
    const parts = Array.isArray(value) ? (value as readonly Arg[]) : [value as Arg];
    return [name, parts.map(reveal).join('')] as const;
  });
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return { ...Object.fromEntries(resolved), ...length };
}

interface FaultScope {
  readonly signal: AbortSignal | undefined;
  readonly timeout: AbortSignal;
  readonly timeoutMs: number;
  readonly sent: boolean;
  readonly host: string;
}

function asFault(error: Error, scope: FaultScope): HttpClientError {
  if (error instanceof HttpClientError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const [fault, message] = explain(code, error.message, scope);
  return new HttpClientError(fault, message, scope.sent && fault !== 'untrusted');
}

function explain(code: string, message: string, scope: FaultScope): [HttpFault, string] {
  if (scope.signal?.aborted) return ['aborted', 'The request was ended.'];
  if (scope.timeout.aborted)
    return ['timeout', `${scope.host} did not answer within ${scope.timeoutMs / 1000} s.`];
  if (UNTRUSTED.test(code))
    return ['untrusted', `The certificate of ${scope.host} is not trusted: ${message}`];
  return ['unreachable', `${scope.host} can’t be reached: ${message || code}`];
}
