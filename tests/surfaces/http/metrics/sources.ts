import { EventBus } from '../../../../src/core/ports/events.js';
import type { HistoryStore } from '../../../../src/core/ports/history.js';
import {
  createMetrics,
  type Metrics,
  type MetricsOptions,
} from '../../../../src/surfaces/http/metrics/metrics.js';

/** A history in which nothing has happened. */
export const NO_HISTORY: HistoryStore = {
  add: async () => {},
  past: async () => [],
  open: async () => ({ awaiting: 0, queued: 0, running: 0 }),
  newest: async () => [],
  lastEnds: async () => new Map(),
};

/** Metrics over sources in which there is nothing, but for what is given. */
export function startMetrics(more: Partial<MetricsOptions> = {}): { events: EventBus; metrics: Metrics } {
  const events = new EventBus(() => {});
  const metrics = createMetrics(events, {
    version: '1.2.3',
    describe: (name) => (name === 'photos' ? { action: 'backup', stack: 'media' } : null),
    intents: () => [],
    history: NO_HISTORY,
    gateway: () => null,
    ...more,
  });
  return { events, metrics };
}
