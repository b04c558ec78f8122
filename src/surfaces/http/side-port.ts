import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ConnectionLimits } from './access/connections.js';
import type { Access, AuthFailure } from './access/guard.js';
import { createWrongKeys } from './access/wrong-keys.js';
import type { ApiDeps } from './api/deps.js';
import { operationsOf } from './api/operations.js';
import { createRefusalLog, type Refusal } from './refusal-log.js';
import { createHttpServer } from './server.js';
import type { WebhookDeps } from './webhooks/operations.js';

export interface SidePortOptions extends ApiDeps {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly access: Omit<Access, 'onAuthFailure' | 'wrongKeys'>;
  readonly webhooks: Omit<WebhookDeps, keyof ApiDeps | 'refused' | 'noted' | 'wrongKeys'>;
  /** How long a head may take, and a body that is small, in ms. Default 5000. */
  readonly requestTimeoutMs?: number;
  readonly connectionLimits?: ConnectionLimits;
}

export interface SidePort {
  /** The port that is listened on. */
  readonly port: number;
  /** Lets answers that are ready go out, ends every connection and frees the port. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 5000;
/** Connections that the system keeps ready while the process is busy for a moment. */
const BACKLOG = 4096;
/** How long answers may take to go out when the port is closed, ms. */
const LAST_ANSWERS_MS = 1000;

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

/** Serves probes, metrics and the API. Throws {@link SidePortError} when the address can't be used. */
export async function startSidePort(options: SidePortOptions): Promise<SidePort> {
  const {
    access,
    log,
    metrics,
    redactedJson,
    onAuthFailure,
    requestTimeoutMs = REQUEST_TIMEOUT_MS,
    connectionLimits,
  } = options;
  const refusals = createRefusalLog(log);
  const noted = (refusal: Refusal): void => {
    metrics.refused(refusal);
    refusals.note(refusal);
  };
  // What the core denies it tells the metrics by itself, whatever surface was asked.
  const notLetIn = (failure: AuthFailure): void => {
    metrics.authFailed(failure.reason);
    onAuthFailure(failure);
  };
  const webhooks = {
    ...options,
    ...options.webhooks,
    noted,
    wrongKeys: createWrongKeys(),
    refused: (from: string) => notLetIn({ reason: 'invalid_signature', from }),
  };
  const app = createHttpServer({
    operations: operationsOf(options, webhooks),
    access: { ...access, wrongKeys: createWrongKeys(), onAuthFailure: notLetIn },
    log,
    redactedJson,
    requestTimeoutMs,
    ...(connectionLimits ? { connectionLimits } : {}),
    onRefused: noted,
  });
  const answering = trackAnswers(app);
  await listen(app, options);
  app.server.on('error', (error) => log.error({ err: error }, 'the side port reports an error'));
  const { port } = app.server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      await answering.settle(LAST_ANSWERS_MS);
      await app.close();
      access.limiter.close();
      refusals.end();
    },
  };
}

/** Knows which calls are being answered, streams left out. */
function trackAnswers(app: FastifyInstance): { settle(ms: number): Promise<void> } {
  let open = 0;
  let settled = (): void => {};
  app.addHook('preHandler', async (_request, reply) => {
    open += 1;
    reply.raw.once('close', () => {
      open -= 1;
      if (open === 0) settled();
    });
  });
  return {
    settle: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, open === 0 ? 0 : ms);
        settled = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

async function listen(app: FastifyInstance, { host, port }: SidePortOptions): Promise<void> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, host, port);
  }
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
