import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { MS_PER_SECOND } from './names.js';

/** The sampling interval of the event-loop delay, in ms; what it measures holds this interval too. */
const SAMPLE_MS = 20;
const NS_PER_SECOND = 1e9;

/** The process's own figures. Returns how to stop measuring. */
export function processMetrics(registry: Registry, version: string): () => void {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'chatops_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version }, 1);
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  delay.enable();
  const seconds = (ns: number): number =>
    delay.count === 0 ? 0 : Math.max(0, ns / NS_PER_SECOND - SAMPLE_MS / MS_PER_SECOND);
  const max = new Gauge({
    name: 'chatops_event_loop_delay_max_seconds',
    help: 'The longest that the event loop was late since the last scrape.',
    registers,
  });
  new Gauge({
    name: 'chatops_event_loop_delay_p99_seconds',
    help: 'How late the event loop was since the last scrape, in the 99th of 100 cases.',
    registers,
    collect() {
      this.set(seconds(delay.percentile(99)));
      max.set(seconds(delay.max));
      delay.reset();
    },
  });
  return () => void delay.disable();
}
