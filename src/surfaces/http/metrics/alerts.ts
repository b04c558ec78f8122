import { Gauge } from 'prom-client';
import type { Into } from './names.js';

/** Alert events that wait to be told, by destination. */
export type AlertsPending = () => Promise<Readonly<Record<string, number>>>;

/** Reads the outbox of alerts at each scrape. */
export function alertMetrics({ registers }: Into, pending: AlertsPending): void {
  new Gauge({
    name: 'chatops_alerts_pending',
    help: 'Alert events that a destination was not told yet, from the store.',
    labelNames: ['destination'] as const,
    registers,
    async collect() {
      for (const [destination, count] of Object.entries(await pending())) this.set({ destination }, count);
    },
  });
}
