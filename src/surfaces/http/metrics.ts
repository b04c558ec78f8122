import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventBus, RunEvent } from '../../core/events.js';
import type { ReasonCode } from '../../core/reasons.js';
import type { Action } from '../../core/request.js';
import type { Run, RunState } from '../../core/run.js';

export interface Metrics {
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  render(): Promise<string>;
  /** Counts somebody who was not let in, in `chatops_auth_failures_total`. */
  authFailed(reason: string): void;
  /** Stops counting. */
  close(): void;
}

export interface MetricsOptions {
  readonly version: string;
  /** What a requested intent is; null for a name that does not exist, which must not become a label. */
  describe(intent: string): { readonly action: Action; readonly stack: string } | null;
  /** Alerts that wait to be delivered, by destination. */
  alertsPending?(): Promise<Readonly<Record<string, number>>>;
}

/** Ends that somebody should look at. A cancelled or expired preview is none. */
const FAILURES: readonly RunState[] = ['failed', 'rolled_back', 'interrupted', 'refused'];

/** Refusals that concern rights, as `chatops_auth_failures_total` names them. */
const AUTH_REASONS: Readonly<Partial<Record<ReasonCode, string>>> = {
  not_allowed: 'policy',
  not_asker: 'policy',
  policy_broken: 'policy',
  label_mismatch: 'label_mismatch',
};

/** Seconds: from a quick scale to a backup over night. */
const BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400];
const UNKNOWN = 'unknown';

/** Counts what happens to runs, in a registry of its own, with the process's own figures beside it. */
export function createMetrics(events: EventBus, options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'chatops_intent_requests_total',
    help: 'Admitted requests: previews and dry runs, whether they ran afterwards or not.',
    labelNames: ['intent_name', 'action', 'stack', 'dry_run'] as const,
    registers,
  });
  const failures = new Counter({
    name: 'chatops_intent_failures_total',
    help: 'Requests that were refused and runs that did not succeed, by reason code.',
    labelNames: ['intent_name', 'action', 'stack', 'reason'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'chatops_intent_duration_seconds',
    help: 'How long runs took, from their first step to their end.',
    labelNames: ['intent_name', 'action'] as const,
    buckets: BUCKETS,
    registers,
  });
  const authFailures = new Counter({
    name: 'chatops_auth_failures_total',
    help: 'Requests and answers that were denied, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  const runs = new Counter({
    name: 'chatops_runs_total',
    help: 'Runs that reached this state.',
    labelNames: ['state'] as const,
    registers,
  });
  const runningIds = new Set<string>();
  new Gauge({
    name: 'chatops_runs_running',
    help: 'Runs that this process executes now.',
    registers,
    collect() {
      this.set(runningIds.size);
    },
  });
  new Gauge({
    name: 'chatops_alerts_pending',
    help: 'Alert events that a destination was not told yet, from the store.',
    labelNames: ['destination'] as const,
    registers,
    async collect() {
      const pending = (await options.alertsPending?.()) ?? {};
      for (const [destination, count] of Object.entries(pending)) this.set({ destination }, count);
    },
  });
  new Gauge({
    name: 'chatops_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version: options.version }, 1);

  const fail = (run: Run): void => {
    if (!FAILURES.includes(run.state)) return;
    const { intent: intent_name, action, stack } = run;
    failures.inc({ intent_name, action, stack, reason: run.outcome?.reason ?? UNKNOWN });
  };
  const count = (event: RunEvent): void => {
    if (event.type === 'planned') {
      const { intent: intent_name, action, stack, dryRun } = event.run;
      requests.inc({ intent_name, action, stack, dry_run: String(dryRun) });
      runs.inc({ state: event.run.state });
      fail(event.run);
    } else if (event.type === 'running') {
      runningIds.add(event.run.id);
      runs.inc({ state: event.run.state });
    } else if (event.type === 'finished') {
      finished(event.run);
    } else if (event.type === 'denied') {
      denied(event);
    }
  };
  const finished = (run: Run): void => {
    runs.inc({ state: run.state });
    fail(run);
    runningIds.delete(run.id);
    if (run.startedAt === null || run.finishedAt === null) return;
    const seconds = (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000;
    duration.observe({ intent_name: run.intent, action: run.action }, Math.max(0, seconds));
  };
  const denied = ({ request, notice }: Extract<RunEvent, { type: 'denied' }>): void => {
    const auth = AUTH_REASONS[notice.code];
    if (auth) authFailures.inc({ reason: auth });
    const known = options.describe(request.intent);
    const labels = {
      intent_name: known ? request.intent : UNKNOWN,
      action: known?.action ?? UNKNOWN,
      stack: known?.stack ?? UNKNOWN,
    };
    failures.inc({ ...labels, reason: notice.code });
  };

  const unsubscribe = events.subscribe(count);
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    authFailed: (reason) => authFailures.inc({ reason }),
    close: unsubscribe,
  };
}
