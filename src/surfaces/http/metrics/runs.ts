import { Counter, Gauge, Histogram } from 'prom-client';
import type { ReasonCode } from '../../../core/model/reasons.js';
import type { Action } from '../../../core/model/request.js';
import type { Run, RunState } from '../../../core/model/run.js';
import type { RunEvent } from '../../../core/ports/events.js';
import { type Into, LONG_BUCKETS, MS_PER_SECOND, UNKNOWN } from './names.js';

/** What a requested intent is; null for a name that does not exist. */
export type Describe = (intent: string) => { readonly action: Action; readonly stack: string } | null;

/** Ends that somebody should look at. A cancelled or expired preview is none. */
const FAILURES: readonly RunState[] = ['failed', 'rolled_back', 'interrupted', 'refused'];

/** Refusals that concern rights, as `chatops_auth_failures_total` names them. */
const AUTH_REASONS: Readonly<Partial<Record<ReasonCode, string>>> = {
  not_allowed: 'policy',
  not_asker: 'policy',
  policy_broken: 'policy',
  label_mismatch: 'label_mismatch',
};

/** Counts what happens to the runs of this process. Returns the listener for its events. */
export function runMetrics(
  { registers }: Into,
  describe: Describe,
  authFailed: (reason: string) => void,
): (event: RunEvent) => void {
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
    buckets: LONG_BUCKETS,
    registers,
  });
  const runs = new Counter({
    name: 'chatops_runs_total',
    help: 'Runs that reached this state.',
    labelNames: ['state'] as const,
    registers,
  });
  const queueWait = new Histogram({
    name: 'chatops_queue_wait_seconds',
    help: 'How long confirmed runs waited until they began.',
    labelNames: ['action'] as const,
    buckets: LONG_BUCKETS,
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

  const fail = (run: Run): void => {
    if (!FAILURES.includes(run.state)) return;
    const { intent: intent_name, action, stack } = run;
    failures.inc({ intent_name, action, stack, reason: run.outcome?.reason ?? UNKNOWN });
  };
  const planned = (run: Run): void => {
    const { intent: intent_name, action, stack, dryRun } = run;
    requests.inc({ intent_name, action, stack, dry_run: String(dryRun) });
    runs.inc({ state: run.state });
    fail(run);
  };
  const running = (run: Run): void => {
    runningIds.add(run.id);
    runs.inc({ state: run.state });
    const waited = secondsBetween(run.queuedAt, run.startedAt);
    if (waited !== null) queueWait.observe({ action: run.action }, waited);
  };
  const finished = (run: Run): void => {
    runs.inc({ state: run.state });
    fail(run);
    runningIds.delete(run.id);
    const took = secondsBetween(run.startedAt, run.finishedAt);
    if (took !== null) duration.observe({ intent_name: run.intent, action: run.action }, took);
  };
  const denied = ({ request, notice }: Extract<RunEvent, { type: 'denied' }>): void => {
    const auth = AUTH_REASONS[notice.code];
    if (auth) authFailed(auth);
    const known = describe(request.intent);
    const labels = {
      intent_name: known ? request.intent : UNKNOWN,
      action: known?.action ?? UNKNOWN,
      stack: known?.stack ?? UNKNOWN,
    };
    failures.inc({ ...labels, reason: notice.code });
  };
  return (event) => {
    if (event.type === 'planned') planned(event.run);
    else if (event.type === 'running') running(event.run);
    else if (event.type === 'finished') finished(event.run);
    else if (event.type === 'denied') denied(event);
  };
}

function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / MS_PER_SECOND);
}
