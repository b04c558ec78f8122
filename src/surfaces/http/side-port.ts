import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Log } from '../../core/log.js';
import { PROBLEM_TYPE, problemJson } from './problem.js';
import { type Answer, answer, problemAnswer, type SidePortSources } from './routes.js';

export interface SidePortOptions extends SidePortSources {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly log: Log;
  /** How long a client may take to send its request, in ms. Default 5000. */
  readonly requestTimeoutMs?: number;
}

export interface SidePort {
  /** The port that is listened on. */
  readonly port: number;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 5000;
const KEEP_ALIVE_MS = 5000;
const MAX_HEADER_BYTES = 8 * 1024;

/** The side port can't be opened; `message` says why, `remedy` what helps. */
export class SidePortError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'SidePortError';
  }
}

/** Serves health, readiness and metrics. Throws {@link SidePortError} when the address can't be used. */
export async function startSidePort(options: SidePortOptions): Promise<SidePort> {
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const server = createServer(
    {
      requestTimeout,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(1000, requestTimeout),
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => void serve(options, request, response),
  );
  server.on('clientError', refuseMalformed);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  options: SidePortOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? '';
  let reply: Answer;
  try {
    reply = await answer(options, method, request.url ?? '');
  } catch (error) {
    options.log.error({ err: error, url: request.url }, 'the side port could not answer');
    const detail = 'ChatOps could not answer. Its log says why.';
    reply = problemAnswer({ status: 500, title: 'Internal error', detail });
  }
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(reply.allow ? { allow: reply.allow } : {}),
  });
  response.end(method === 'HEAD' ? undefined : reply.body);
}

const REFUSALS: Readonly<Record<string, { status: number; title: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, title: 'Request header fields too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: 'Request timeout' },
};

/** What is no HTTP, too large or too slow gets one short answer, and the connection ends. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, title } = REFUSALS[error.code ?? ''] ?? { status: 400, title: 'Bad request' };
  const body = problemJson({ status, title, detail: 'The request could not be read.' });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function listen(server: Server, { host, port, log }: SidePortOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      server.on('error', (error) => log.error({ err: error }, 'the side port reports an error'));
      resolve();
    });
  });
}

const WHY: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: [
    'is used by another program',
    'Set CHATOPS_HTTP_PORT to a free port, or stop the other program.',
  ],
  EACCES: ['may not be opened by this user', 'Set CHATOPS_HTTP_PORT to a port above 1023.'],
  EADDRNOTAVAIL: ['is no address of this machine', 'Set CHATOPS_HTTP_HOST to 127.0.0.1, or to 0.0.0.0.'],
  ENOTFOUND: ['is no address of this machine', 'Set CHATOPS_HTTP_HOST to 127.0.0.1, or to 0.0.0.0.'],
};

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): SidePortError {
  const [why, remedy] = WHY[error.code ?? ''] ?? [
    `can’t be listened on (${error.code ?? error.message})`,
    'Check CHATOPS_HTTP_HOST and CHATOPS_HTTP_PORT.',
  ];
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new SidePortError(`The side port ${address} ${why}.`, remedy);
}
