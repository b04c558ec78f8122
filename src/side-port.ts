import type { App } from './app.js';
import { type Config, keysOf, watchSecretFile } from './config.js';
import { networksOf } from './surfaces/http/access/address.js';
import { createApiKeys } from './surfaces/http/access/api-keys.js';
import { type AuthFailure, openToEveryKey } from './surfaces/http/access/guard.js';
import { createLocalLimiter, type RateLimiter } from './surfaces/http/access/rate-limit.js';
import type { Readiness } from './surfaces/http/api/probes.js';
import type { Metrics } from './surfaces/http/metrics.js';
import { type SidePort, startSidePort } from './surfaces/http/side-port.js';
import { defaultBranches } from './surfaces/http/webhooks/change.js';
import { createStatusReporter } from './surfaces/http/webhooks/commit-status.js';

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
  const { pipeline, catalogue, store, redactor, log } = app;
  const { http } = config;
  return startSidePort({
    ...parts,
    host: http.host,
    port: http.port,
    log,
    pipeline,
    catalogue,
    runs: store.runs,
    redact: redactor.data,
    intentsDir: config.intentsDir,
    approvedLabel: config.approvedLabel,
    webhooks: {
      ...config.webhooks,
      origins: defaultBranches,
      deliveries: store.deliveries,
      report: createStatusReporter({ ...config.commitStatus, log }),
      now: () => new Date(),
    },
    access: {
      keys: createApiKeys(keySource(app, config)),
      allowlist: http.ipAllowlist.length > 0 ? networksOf(http.ipAllowlist) : null,
      proxies: networksOf(http.trustedProxies),
      limiter: await limiterOf(app, config),
      mayUse: openToEveryKey,
    },
  });
}

function keySource({ redactor, log }: App, { http }: Config): () => string | null {
  if (http.apiKeyFile === null) return () => http.apiKey;
  return watchSecretFile(
    http.apiKeyFile,
    (text) => {
      for (const key of keysOf(text)) redactor.add(key);
    },
    (problem) => log.error({}, `CHATOPS_API_KEY_FILE ${problem}: no API key is valid until it can be`),
  );
}

async function limiterOf({ log }: App, { http, redisUrl }: Config): Promise<RateLimiter> {
  const rate = { limit: http.rateLimit, windowMs: RATE_WINDOW_MS };
  if (redisUrl === null || rate.limit === 0) return createLocalLimiter(rate);
  // Loaded only where there is a Redis.
  const { createRedisLimiter } = await import('./surfaces/http/access/redis-rate-limit.js');
  return createRedisLimiter(redisUrl, rate, log);
}
