import { Gauge } from 'prom-client';
import type { Fault } from '../../../core/ports/fault.js';
import type { Into } from './names.js';

/** What is wrong with the installation itself, by its place and reason code. */
export function faultMetrics({ registers }: Into, open: () => readonly Fault[]): void {
  new Gauge({
    name: 'chatops_faults',
    help: '1 for each thing that is wrong with the installation itself.',
    labelNames: ['fault', 'code'] as const,
    registers,
    collect() {
      this.reset();
      for (const { key, notice } of open()) this.set({ fault: key, code: notice.code }, 1);
    },
  });
}
