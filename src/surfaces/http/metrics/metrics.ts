import { Registry } from 'prom-client';
import type { EventBus } from '../../../core/ports/events.js';
import type { Fault } from '../../../core/ports/fault.js';
import type { ScheduleFigures } from '../../../core/schedule/figures.js';
import { type AlertsPending, alertMetrics } from './alerts.js';
import { authMetrics } from './auth.js';
import { circuitMetrics } from './circuits.js';
import { type AnswerMetrics, discordMetrics, type GatewayFigures } from './discord.js';
import { faultMetrics } from './faults.js';
import { type CountRefusal, httpMetrics } from './http.js';
import { processMetrics } from './process.js';
import { type Describe, runMetrics } from './runs.js';
import { scheduleMetrics } from './schedules.js';
import { type StoredSources, storedMetrics } from './stored.js';

export interface Metrics {
  readonly contentType: string;
  /** What happens to interactions. */
  readonly answers: AnswerMetrics;
  /** Everything in Prometheus' text format. */
  render(): Promise<string>;
  /** Counts somebody who was not let in, in `chatops_auth_failures_total`. */
  authFailed(reason: string): void;
  /** Counts a call or a connection that was refused, in `chatops_http_refused_total`. */
  readonly refused: CountRefusal;
  /** Stops counting. */
  close(): void;
}

export interface MetricsOptions extends StoredSources {
  readonly version: string;
  readonly describe: Describe;
  readonly alertsPending?: AlertsPending;
  readonly schedules?: () => Promise<readonly ScheduleFigures[]>;
  readonly circuits?: () => readonly { readonly target: string }[];
  readonly faults?: () => readonly Fault[];
  /** Null while Discord is off. */
  gateway(): GatewayFigures | null;
}

/** What an operator watches, in a registry of its own, with the process's own figures beside it. */
export function createMetrics(events: EventBus, options: MetricsOptions): Metrics {
  const registry = new Registry();
  const into = { registers: [registry] };
  const authFailed = authMetrics(into);
  const refused = httpMetrics(into);
  const unsubscribe = events.subscribe(runMetrics(into, options.describe, authFailed));
  if (options.circuits) circuitMetrics(into, options.circuits);
  if (options.faults) faultMetrics(into, options.faults);
  if (options.alertsPending) alertMetrics(into, options.alertsPending);
  const readStore = storedMetrics(into, options);
  const readSchedules = options.schedules ? scheduleMetrics(into, options.schedules) : null;
  const answers = discordMetrics(into, options.gateway);
  const stopMeasuring = processMetrics(registry, options.version);
  return {
    contentType: registry.contentType,
    answers,
    authFailed,
    refused,
    render: async () => {
      await readStore();
      await readSchedules?.();
      return registry.metrics();
    },
    close: () => {
      unsubscribe();
      stopMeasuring();
    },
  };
}
