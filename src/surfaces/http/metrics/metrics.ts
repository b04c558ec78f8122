import { Registry } from 'prom-client';
import type { EventBus } from '../../../core/events.js';
import { type AnswerMetrics, discordMetrics, type GatewayFigures } from './discord.js';
import { processMetrics } from './process.js';
import { type Describe, runMetrics } from './runs.js';
import { type StoredSources, storedMetrics } from './stored.js';

export interface Metrics {
  readonly contentType: string;
  /** What happens to interactions. */
  readonly answers: AnswerMetrics;
  /** Everything in Prometheus' text format. */
  render(): Promise<string>;
  /** Stops counting. */
  close(): void;
}

export interface MetricsOptions extends StoredSources {
  readonly version: string;
  readonly describe: Describe;
  /** Null while Discord is off. */
  gateway(): GatewayFigures | null;
}

/** What an operator watches, in a registry of its own, with the process's own figures beside it. */
export function createMetrics(events: EventBus, options: MetricsOptions): Metrics {
  const registry = new Registry();
  const into = { registers: [registry] };
  const unsubscribe = events.subscribe(runMetrics(into, options.describe));
  const readStore = storedMetrics(into, options);
  const answers = discordMetrics(into, options.gateway);
  const stopMeasuring = processMetrics(registry, options.version);
  return {
    contentType: registry.contentType,
    answers,
    render: async () => {
      await readStore();
      return registry.metrics();
    },
    close: () => {
      unsubscribe();
      stopMeasuring();
    },
  };
}
