import type { App } from './app.js';
import { type Config, keysOf, watchSecretFile } from './config.js';
import type { Notice } from './core/model/reasons.js';
import { type Actor, actorRef } from './core/model/request.js';
import { keyHolder } from './core/policy/api-keys.js';
import { endpointRefusal } from './core/policy/endpoint.js';
import type { Redactor } from './core/ports/redact.js';
import { networksOf } from './surfaces/http/access/address.js';
import { type ApiKeys, createApiKeys } from './surfaces/http/access/api-keys.js';
import type { AuthFailure } from './surfaces/http/access/guard.js';
import { createLocalLimiter, type RateLimiter } from './surfaces/http/access/rate-limit.js';
import type { Readiness } from './surfaces/http/api/readiness.js';
import type { Metrics } from './surfaces/http/metrics/metrics.js';
import { type SidePort, startSidePort } from './surfaces/http/side-port.js';
import { originsOf } from './surfaces/http/webhooks/change.js';
import { createStatusReporter, type ReportStatus } from './surfaces/http/webhooks/commit-status.js';

const RATE_WINDOW_MS = 60_000;

/** What the side port needs besides the wired core. */
export interface SidePortParts {
  readonly version: string;
  readonly metrics: Metrics;
  ready(): Promise<Readiness>;
  /** Told of every call that was not let in, and of every right that was denied. */
  onAuthFailure(failure: AuthFailure): void;
}

/** Opens the side port: probes, metrics and the API. Throws when its address can't be used. */
export async function openSidePort(app: App, config: Config, parts: SidePortParts): Promise<SidePort> {
  const { pipeline, catalogue, policy, store, redactor, log } = app;
  const { http } = config;
  return startSidePort({
    ...parts,
    host: http.host,
    port: http.port,
    log,
    pipeline,
    catalogue,
    runs: store.runs,
    schedules: app.scheduleDesk,
    circuits: app.circuitDesk,
    redactedJson: redactor.json,
    intentsDir: config.intentsDir,
    approvedLabel: config.approvedLabel,
    webhooks: {
      ...config.webhooks,
      origins: originsOf(policy),
      deliveries: store.deliveries,
      report: redactedReports(
        createStatusReporter({ ...config.commitStatus, circuits: app.circuits, log }),
        redactor,
      ),
      now: () => new Date(),
    },
    access: {
      keys: joinedKeys(app, createApiKeys(keySource(app, config))),
      allowlist: http.ipAllowlist.length > 0 ? networksOf(http.ipAllowlist) : null,
      proxies: networksOf(http.trustedProxies),
      limiter: await limiterOf(app, config),
      mayUse: (actor, endpoint) => judged(app, actor, endpoint),
    },
  });
}

/** They go to another service, and are cut there: secrets are masked before. */
function redactedReports(report: ReportStatus, { data }: Redactor): ReportStatus {
  return (change, state) => report(change, data(state));
}

/** Whether a key may call that; when not, it is audited like any other refusal of somebody known. */
function judged({ policy, refusals, log }: App, actor: Actor, endpoint: string): Notice | null {
  const denied = endpointRefusal(policy.rules(), actor, endpoint);
  if (denied === null) return null;
  const at = new Date().toISOString();
  const entry = { at, actor: actorRef(actor), source: 'http', runId: null, intent: '' } as const;
  refusals
    .keep({ entry, reason: denied.code, detail: { endpoint } })
    .catch((error: unknown) => log.error({ err: error }, 'a refusal could not be audited'));
  return denied;
}

/** Those that the policy lists, then those of the environment. */
function joinedKeys({ policy, secrets }: App, own: ApiKeys): ApiKeys {
  return {
    find: async (presented) => {
      const name = keyHolder(policy.rules(), presented, secrets, null);
      return name === null ? own.find(presented) : { name };
    },
  };
}

function keySource(
  { redactor, log, reads }: App,
  { http }: Config,
): () => string | null | Promise<string | null> {
  if (http.apiKeyFile === null) return () => http.apiKey;
  return watchSecretFile(
    http.apiKeyFile,
    {
      onRead: (text) => {
        for (const key of keysOf(text)) redactor.add(key);
      },
      onProblem: (problem, isKept) => {
        const meanwhile = isKept
          ? 'the keys that were read last stay valid'
          : 'no API key is valid until it can be';
        log.error({}, `CHATOPS_API_KEY_FILE ${problem}: ${meanwhile}`);
      },
    },
    reads,
  );
}

async function limiterOf({ log }: App, { http, redisUrl }: Config): Promise<RateLimiter> {
  const rate = { limit: http.rateLimit, windowMs: RATE_WINDOW_MS };
  if (redisUrl === null || rate.limit === 0) return createLocalLimiter(rate);
  // Loaded only where there is a Redis.
  const { createRedisLimiter } = await import('./surfaces/http/access/redis-rate-limit.js');
  return createRedisLimiter(redisUrl, rate, log);
}
