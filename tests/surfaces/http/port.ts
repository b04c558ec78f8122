import { connect } from 'node:net';
import { createCircuitDesk } from '../../../src/core/incidents/circuit-desk.js';
import { networksOf } from '../../../src/surfaces/http/access/address.js';
import { createApiKeys } from '../../../src/surfaces/http/access/api-keys.js';
import type { ConnectionLimits } from '../../../src/surfaces/http/access/connections.js';
import type { Access, AuthFailure } from '../../../src/surfaces/http/access/guard.js';
import { createLocalLimiter } from '../../../src/surfaces/http/access/rate-limit.js';
import type { ApiDeps } from '../../../src/surfaces/http/api/deps.js';
import type { Readiness } from '../../../src/surfaces/http/api/readiness.js';
import { createMetrics, type Metrics } from '../../../src/surfaces/http/metrics/metrics.js';
import { type SidePort, startSidePort } from '../../../src/surfaces/http/side-port.js';
import { originsOf } from '../../../src/surfaces/http/webhooks/change.js';
import type { CommitState } from '../../../src/surfaces/http/webhooks/commit-status.js';
import type { WebhookDeps } from '../../../src/surfaces/http/webhooks/operations.js';
import { Installation, type Process } from '../../core/harness.js';
import { openDesk } from '../../support/schedules.js';

export const KEY = 'the-key';
/** Of both webhooks. */
export const SECRET = 'the-webhook-secret';

export const READY: Readiness = {
  checks: [{ name: 'store', ok: true, detail: 'The database answers.' }],
  warnings: ['2 intent files have errors.'],
};

export interface PortOptions extends Partial<ApiDeps> {
  readonly access?: Partial<Access>;
  readonly limit?: number;
  readonly webhooks?: Partial<WebhookDeps>;
  readonly requestTimeoutMs?: number;
  readonly connectionLimits?: ConnectionLimits;
  readonly host?: string;
  readonly port?: number;
}

/** What tests look at in answers and problem documents. */
export interface Answered {
  readonly ok: boolean;
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly stdout: string;
  readonly actor: object;
  readonly dry_run: boolean;
  readonly code?: string;
  readonly detail: string;
  readonly remedy: string;
  readonly valid: boolean;
  readonly errors: readonly object[];
  readonly results: readonly {
    readonly problem: { readonly run?: object } | null;
    readonly run: { readonly id: string } | null;
    readonly note?: string;
  }[];
  readonly run?: { readonly outcome: { readonly successor: string | null } };
}

/** The side port on a real pipeline with a real store, whose executor does what the test says. */
export class Port {
  readonly failures: AuthFailure[] = [];
  readonly logged: object[] = [];

  private constructor(
    readonly installation: Installation,
    readonly process: Process,
    readonly side: SidePort,
    failures: AuthFailure[],
    logged: object[],
    readonly states: CommitState[],
    private readonly metrics: Metrics,
  ) {
    this.failures = failures;
    this.logged = logged;
  }

  static async open({ access, limit, webhooks, ...options }: PortOptions = {}): Promise<Port> {
    const installation = await Installation.create();
    const process = await installation.start();
    const failures: AuthFailure[] = [];
    const logged: object[] = [];
    const states: CommitState[] = [];
    const metrics = createMetrics(process.pipeline.events, {
      version: '1.2.3',
      describe: process.deps.catalogue.find,
      intents: process.deps.catalogue.all,
      history: process.deps.store.history,
      gateway: () => null,
    });
    const log = (fields: object): void => void logged.push(fields);
    const { deps, pipeline } = process;
    const { desk } = await openDesk(deps);
    const side = await startSidePort({
      host: '127.0.0.1',
      port: 0,
      pipeline,
      catalogue: deps.catalogue,
      runs: deps.store.runs,
      schedules: desk,
      circuits: createCircuitDesk(deps),
      metrics,
      ready: async () => READY,
      redactedJson: deps.redactor.json,
      log: { info: log, warn: log, error: log },
      version: '1.2.3',
      intentsDir: '/intents',
      approvedLabel: null,
      onAuthFailure: (failure) => void failures.push(failure),
      webhooks: {
        githubSecret: SECRET,
        gitlabToken: SECRET,
        origins: originsOf(deps.policy),
        deliveries: deps.store.deliveries,
        report: async (_change, state) => void states.push(state),
        now: deps.now,
        ...webhooks,
      },
      access: {
        keys: createApiKeys(() => `${KEY}\nci second-key`),
        allowlist: null,
        proxies: networksOf([]),
        limiter: createLocalLimiter({ limit: limit ?? 0, windowMs: 60_000 }),
        mayUse: () => null,
        ...access,
      },
      ...options,
    }).catch(async (error: unknown) => {
      await installation.end();
      throw error;
    });
    return new Port(installation, process, side, failures, logged, states, metrics);
  }

  get world() {
    return this.installation.world;
  }

  /** Puts the executor's world back as it was. */
  calm(): void {
    Object.assign(this.world, { blocked: false, planBug: false, bytes: 1000, deletions: [] });
    this.world.during = async () => undefined;
  }

  get url(): string {
    return `http://127.0.0.1:${this.side.port}`;
  }

  /** A call with the key; an object is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        'x-api-key': KEY,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** {@link call}, with the status and the JSON that come back. */
  async json<Body = Answered>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) {
    const response = await this.call(method, path, body, headers);
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }

  /** Sends bytes and resolves with everything that comes back until the server hangs up. */
  talk(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.side.port, '127.0.0.1', () => socket.write(bytes));
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => {
        answer += text;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  async close(): Promise<void> {
    await this.side.close();
    this.metrics.close();
    await this.installation.end();
  }
}
